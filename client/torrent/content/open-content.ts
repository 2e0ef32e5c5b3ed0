import type { ChunkStore, TorrentOptions } from "webtorrent";
import type { Place } from "./content.ts";
import { hasTargetFiles } from "./download-target.ts";
import { createFileStore, type StoredContent } from "./file-store.ts";
import { noneOf } from "./known-pieces.ts";
import type { ParsedContent } from "./metainfo.ts";
import { type FilePlace, placesOf } from "./part-files.ts";
import { type ContentOptions, RunningContent } from "./running-content.ts";
import { openSeedStore } from "./seed-store.ts";

/** Pieces that webtorrent keeps in memory; larger ones are read block by block. */
const CACHED_PIECES = 20;
const MAX_CACHED_PIECE_LENGTH = 4 * 1024 * 1024;

/**
 * Adds a torrent to the engine, checks what is on disk, then announces the torrent and lets wires
 * in.
 * @throws {InputError} FILE_MISMATCH, FILE_UNREADABLE (seed), FILE_EXISTS (download)
 */
export async function openContent(options: Omit<ContentOptions, "layout">): Promise<RunningContent> {
  const { context, parsed, place } = options;
  const hasFiles = place.type === "download" && (await hasTargetFiles(place.directory, parsed));
  const layout = layoutOf(place, parsed);
  const torrent = context.client.add(
    // Only the authority's tracker is announced to. It alone may see the access token, and no
    // torrent tells this peer which hosts to call.
    { ...parsed, announce: [], urlList: [] },
    torrentOptions(options, await openStore(place, layout)),
  );
  // Looking for each piece of a TiB that is not there took 40 s.
  const known = options.known ?? (place.type === "download" && !hasFiles ? noneOf(parsed) : null);
  const content = new RunningContent(torrent, hasFiles, { ...options, known, layout });
  await content.checked;
  return content;
}

function layoutOf(place: Place, parsed: ParsedContent): StoredContent {
  const path = place.type === "seed" ? place.path : place.directory;
  const places = placesOf(parsed, { place: place.type, path });
  const files = parsed.files.map(({ offset }, i) => ({ ...(places[i] as FilePlace), offset }));
  const { length, pieceLength } = parsed;
  return { files, length, pieceLength };
}

async function openStore(place: Place, layout: StoredContent): Promise<ChunkStore> {
  return place.type === "seed" ? openSeedStore(place.path, layout) : createFileStore(layout, { isWritten: true });
}

function torrentOptions(
  { place, parsed, selection }: Omit<ContentOptions, "layout">,
  store: ChunkStore,
): TorrentOptions {
  return {
    // No wire is let in before the check is over.
    paused: true,
    // webtorrent takes every remote without a bitfield for a seeder at first, and would choke a
    // payer again.
    alwaysChokeSeeders: false,
    deselect: place.type === "seed" || !selection.isWhole,
    ...(place.type === "download" ? { path: place.directory } : {}),
    store: storeClass(store),
    storeCacheSlots: parsed.pieceLength > MAX_CACHED_PIECE_LENGTH ? 0 : CACHED_PIECES,
  };
}

function storeClass(store: ChunkStore): new () => never {
  return class {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: webtorrent takes a class, not a store
      return store;
    }
  } as new () => never;
}

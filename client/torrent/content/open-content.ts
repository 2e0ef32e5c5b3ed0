import type { ChunkStore, TorrentOptions } from "webtorrent";
import type { Place } from "./content.ts";
import { hasTargetFiles } from "./download-target.ts";
import { createFileStore } from "./file-store.ts";
import { noneOf } from "./known-pieces.ts";
import type { ParsedContent } from "./metainfo.ts";
import { pathsOf } from "./paths.ts";
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
export async function openContent(options: ContentOptions): Promise<RunningContent> {
  const { context, parsed, place } = options;
  const hasFiles = place.type === "download" && (await hasTargetFiles(place.directory, parsed));
  const torrent = context.client.add(
    // Only the authority's tracker is announced to. It alone may see the access token, and no
    // torrent tells this peer which hosts to call.
    { ...parsed, announce: [], urlList: [] },
    torrentOptions(options, await openStore(place, parsed)),
  );
  // Looking for each piece of a TiB that is not there took 40 s.
  const known = options.known ?? (place.type === "download" && !hasFiles ? noneOf(parsed) : null);
  const content = new RunningContent(torrent, hasFiles, { ...options, known });
  await content.checked;
  return content;
}

async function openStore(place: Place, parsed: ParsedContent): Promise<ChunkStore> {
  const path = place.type === "seed" ? place.path : place.directory;
  const paths = pathsOf(parsed, { place: place.type, path });
  const files = parsed.files.map(({ length, offset }, i) => ({ path: paths[i] as string, length, offset }));
  const { length, pieceLength } = parsed;
  const content = { files, length, pieceLength };
  return place.type === "seed" ? openSeedStore(path, content) : createFileStore(content, { isWritten: true });
}

function torrentOptions({ place, parsed, selection }: ContentOptions, store: ChunkStore): TorrentOptions {
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

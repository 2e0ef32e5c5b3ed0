import type { TorrentOptions } from "webtorrent";
import type { Place } from "./content.ts";
import { hasTargetFiles } from "./download-target.ts";
import { openReadOnlyStore, type ReadOnlyStore } from "./read-only-store.ts";
import { type ContentOptions, RunningContent } from "./running-content.ts";

/**
 * Adds a torrent to the engine, checks what is on disk, then announces the torrent and lets wires
 * in.
 * @throws {InputError} FILE_MISMATCH, FILE_UNREADABLE (seed), FILE_EXISTS (download)
 */
export async function openContent(
  options: ContentOptions & { readonly isSingleFile: boolean },
): Promise<RunningContent> {
  const { context, parsed, place, isSingleFile } = options;
  const hasFiles = place.type === "download" && (await hasTargetFiles(place.directory, parsed));
  const store = place.type === "seed" ? await openReadOnlyStore(place.path, { ...parsed, isSingleFile }) : null;
  const torrent = context.client.add(
    // Only the authority's tracker is announced to. It alone may see the access token, and no
    // torrent tells this peer which hosts to call.
    { ...parsed, announce: [], urlList: [] },
    torrentOptions(place, store),
  );
  const content = new RunningContent(torrent, hasFiles, options);
  await content.checked;
  return content;
}

function torrentOptions(place: Place, store: ReadOnlyStore | null): TorrentOptions {
  return {
    // No wire is let in before the check is over.
    paused: true,
    // webtorrent takes every remote without a bitfield for a seeder at first, and would choke a
    // payer again.
    alwaysChokeSeeders: false,
    deselect: place.type === "seed",
    ...(place.type === "download" ? { path: place.directory } : {}),
    ...(store ? { store: storeClass(store) } : {}),
  };
}

function storeClass(store: ReadOnlyStore): new () => never {
  return class {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: webtorrent takes a class, not a store
      return store;
    }
  } as new () => never;
}

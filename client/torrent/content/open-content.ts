import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ParsedTorrent } from "parse-torrent";
import type { Torrent, Wire } from "webtorrent";
import { FloodgateError, InputError } from "../../../protocol/base/errors.ts";
import { createAnnouncer } from "../announce/announcer.ts";
import { type Content, type ContentEvent, type EngineContext, type Place, pieceLengthOf } from "./content.ts";
import { openReadOnlyStore } from "./read-only-store.ts";

/** What a paid torrent adds to a plain one. */
export interface ContentHooks {
  /** Before the first announce and the first wire. */
  checked(onDisk: ReadonlySet<number>): void;
  readFrom(piece: number): void;
  /** Query fields; `bytesLeft` is what the announce says as `left`. */
  announceFields(bytesLeft: number): Record<string, string>;
  announceReplied(text: string): void;
}

export interface OpenedContent extends Content {
  reannounce(): void;
  fail(error: unknown): void;
  /** Hashes our copy on disk; a wrong one is given to `onWrong`, and no longer counts as done. False: wrong, or we have none. */
  recheck(piece: number, onWrong: () => void): Promise<boolean>;
}

/**
 * Adds a torrent to the engine, checks what is on disk, then announces it and lets wires in.
 * @throws {InputError} FILE_MISMATCH, FILE_UNREADABLE (seed), FILE_EXISTS (download)
 */
export async function openContent(options: {
  readonly context: EngineContext;
  readonly parsed: ParsedTorrent;
  readonly isSingleFile: boolean;
  readonly place: Place;
  /** Called once, before webtorrent does anything with the torrent. */
  readonly hook: (torrent: Torrent, fail: (error: unknown) => void) => ContentHooks | null;
  readonly onEvent: (event: ContentEvent) => void;
}): Promise<OpenedContent> {
  const { context, parsed, place, onEvent } = options;
  const lengthOf = pieceLengthOf(parsed);
  const hasFiles = place.type === "download" && (await checkTarget(place.directory, parsed));
  const store =
    place.type === "seed"
      ? await openReadOnlyStore(place.path, { ...parsed, isSingleFile: options.isSingleFile })
      : null;

  const torrent = context.client.add(
    // Only T's tracker: it alone may see the access token, and no torrent tells this peer which hosts to call.
    { ...parsed, announce: [], urlList: [] },
    {
      // No wire is let in before the check is over.
      paused: true,
      // webtorrent takes every remote without a bitfield for a seeder at first, and would choke a payer again.
      alwaysChokeSeeders: false,
      deselect: place.type === "seed",
      ...(place.type === "download" ? { path: place.directory } : {}),
      ...(store ? { store: storeClass(store) } : {}),
    },
  );
  let hasFailed = false;
  let bytesDone = 0;
  let bytesDown = 0;
  let bytesUp = 0;
  let readerAt: number | null = null;
  let isChecked = false;
  const onDisk = new Set<number>();
  const checked = Promise.withResolvers<void>();
  const complete = Promise.withResolvers<void>();
  complete.promise.catch(() => undefined);

  const fail = (error: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    const reason = error instanceof FloodgateError ? error : contentError(error);
    checked.reject(reason);
    complete.reject(reason);
    if (isChecked) onEvent({ type: "failed", error: reason });
    if (!torrent.destroyed) torrent.destroy(null, () => undefined);
  };
  const hooks = options.hook(torrent, fail);

  const announcer = createAnnouncer({
    trackerUrl: context.trackerUrl,
    userAgent: context.userAgent,
    query: (event) => {
      const left = parsed.length - bytesDone;
      return {
        infoHash: parsed.infoHash,
        torrentPeerId: context.torrentPeerId,
        port: context.client.torrentPort,
        uploaded: bytesUp,
        downloaded: bytesDown,
        left,
        // A peer that leaves wants no allotments; the announce that says so still needs the token.
        extra: hooks?.announceFields(event === "stopped" ? 0 : left) ?? {},
      };
    },
    onPeers: (peers) => {
      if (!torrent.destroyed) for (const peer of peers) torrent.addPeer(peer);
    },
    onGrant: (text) => hooks?.announceReplied(text),
    onProblem: (error) => onEvent({ type: "tracker-problem", error }),
    setTimer: context.setTimer,
    now: context.now,
  });

  torrent.on("error", fail);
  torrent.on("verified", (piece: number) => {
    bytesDone += lengthOf(piece);
    if (!isChecked) {
      onDisk.add(piece);
      return;
    }
    bytesDown += lengthOf(piece);
    onEvent({ type: "progress", bytesDone, piece });
  });
  torrent.on("wire", (wire: Wire) => {
    // With Nagle's algorithm (RFC 896) a request for the next piece waits for a delayed acknowledgement: 40 ms per window.
    const peer = [...torrent._peers.values()].find((one) => one.wire === wire);
    peer?.conn?.setNoDelay(true);
    wire.on("upload", (bytes: number) => {
      bytesUp += bytes;
    });
  });
  torrent.on("done", () => {
    if (bytesDown > 0) announcer.complete();
    complete.resolve();
  });
  const startDiscovery = torrent._startDiscovery;
  // The last step of the start-up check, and the first that could lead to a wire.
  torrent._startDiscovery = () => {
    const isComplete = onDisk.size === parsed.pieces.length;
    if (place.type === "seed" && !isComplete) {
      return fail(
        new InputError(
          "FILE_MISMATCH",
          `"${place.path}" is not the published file: ${onDisk.size} of ${parsed.pieces.length} pieces match`,
        ),
      );
    }
    if (hasFiles && onDisk.size === 0) {
      return fail(existsError(place.type === "download" ? join(place.directory, parsed.name) : ""));
    }
    hooks?.checked(onDisk);
    isChecked = true;
    startDiscovery.call(torrent);
  };
  torrent.once("ready", () => {
    torrent.resume();
    announcer.start();
    checked.resolve();
  });
  await checked.promise;

  return {
    infoHash: parsed.infoHash,
    complete: complete.promise,
    reannounce: () => announcer.again(),
    fail,
    progress: () => ({
      bytesDone,
      sizeBytes: parsed.length,
      rateDown: torrent.destroyed ? 0 : torrent.downloadSpeed,
      rateUp: torrent.destroyed ? 0 : torrent.uploadSpeed,
      peers: torrent.destroyed ? 0 : torrent.numPeers,
    }),
    isOnDisk: (piece) =>
      !torrent.destroyed && piece >= 0 && piece < parsed.pieces.length && torrent.bitfield.get(piece),
    readFrom(piece) {
      if (hooks) return hooks.readFrom(piece);
      if (torrent.destroyed || place.type === "seed") return;
      // A plain selection would be merged into the one of all pieces, and change no order.
      const last = parsed.pieces.length - 1;
      if (readerAt !== null) torrent._deselect(readerAt, last, true);
      torrent._select(piece, last, 1, null, true);
      readerAt = piece;
    },
    async recheck(piece, onWrong) {
      if (torrent.destroyed || !(piece >= 0 && piece < parsed.pieces.length) || !torrent.bitfield.get(piece))
        return false;
      torrent.store?.store.cache?.remove(piece);
      const isValid = await new Promise<boolean>((resolve) => {
        torrent._verifyPiece(piece, (error, valid) => resolve(error === null && valid === true));
      });
      if (!isValid && !torrent.destroyed && torrent.bitfield.get(piece)) {
        bytesDone -= lengthOf(piece);
        onWrong();
      }
      return isValid;
    },
    async stop(deadlineMs) {
      complete.reject(new InputError("CONTENT_STOPPED", "the download was stopped before it was complete"));
      const said = announcer.stop(deadlineMs);
      if (!torrent.destroyed) await new Promise<void>((resolve) => torrent.destroy(null, () => resolve()));
      await said;
    },
  };
}

function storeClass(store: object): new () => never {
  return class {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: webtorrent calls `new`, the files are already open
      return store;
    }
  } as new () => never;
}

/** True: some of the target files exist. @throws {InputError} FILE_EXISTS when one cannot be a part of this torrent */
async function checkTarget(directory: string, parsed: ParsedTorrent): Promise<boolean> {
  let hasFiles = false;
  for (const file of parsed.files) {
    const path = join(directory, file.path);
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw new InputError("DIRECTORY_UNUSABLE", `cannot look into "${directory}": ${error.code}`, { cause: error });
    });
    if (found === null) continue;
    if (!found.isFile() || found.size > file.length) throw existsError(path);
    hasFiles ||= found.size > 0;
  }
  return hasFiles;
}

function existsError(path: string): InputError {
  return new InputError(
    "FILE_EXISTS",
    `"${path}" exists and is not a part of this download: move it away or choose another directory`,
  );
}

function contentError(error: unknown): FloodgateError {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const what = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC")
    return new FloodgateError("DISK_FULL", "the disk is full: free some space and start again", { cause: error });
  return new FloodgateError("CONTENT_FAILED", `the download cannot go on: ${what}`, { cause: error });
}

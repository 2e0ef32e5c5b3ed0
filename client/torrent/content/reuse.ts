import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { ChunkStore } from "webtorrent";
import { pieceLengthOf } from "./content.ts";
import { hasTargetFiles } from "./download-target.ts";
import { createFileStore } from "./file-store.ts";
import type { ParsedContent } from "./metainfo.ts";
import { type FilePlace, placesOf } from "./part-files.ts";

/** A version of a content that is on disk, or comes there. */
export interface Version {
  readonly parsed: ParsedContent;
  readonly place: "download" | "seed";
  readonly path: string;
}

/**
 * Copies pieces of an older version, which is there, to where the new one will be. Each is hashed
 * on its way, so a wrong or missing one is only left out.
 * @returns bytes that need not be bought
 * @throws {InputError} FILE_EXISTS, DIRECTORY_UNUSABLE; and errors of the file system
 */
export async function reusePieces(
  old: Version,
  next: Version,
  { wants, signal }: { readonly wants: (piece: number) => boolean; readonly signal: AbortSignal },
): Promise<number> {
  if (old.parsed.pieceLength !== next.parsed.pieceLength || isInPlace(old, next)) return 0;
  const isResumed = await hasTargetFiles(next.path, next.parsed);
  const from = openVersion(old, false);
  const to = openVersion(next, true);
  const lengthOf = pieceLengthOf(next.parsed);
  const known = new Map(old.parsed.pieces.map((hash, piece) => [hash, piece]));
  let reused = 0;
  try {
    for (const [piece, hash] of next.parsed.pieces.entries()) {
      const source = known.get(hash);
      if (source === undefined || !wants(piece)) continue;
      signal.throwIfAborted();
      if (isResumed && hashOf(await read(to, piece)) === hash) continue;
      const bytes = await read(from, source);
      if (bytes === null || hashOf(bytes) !== hash) continue;
      await write(to, piece, bytes);
      reused += lengthOf(piece);
    }
  } finally {
    await Promise.all([from, to].map((store) => new Promise((done) => store.close(done))));
  }
  return reused;
}

/** Pieces of the new version that the old one has, and how many there are. */
export function countShared(old: Pick<ParsedContent, "pieces">, next: Pick<ParsedContent, "pieces">): number {
  const known = new Set(old.pieces);
  return next.pieces.filter((hash) => known.has(hash)).length;
}

/** Written over the old one: what has not moved is found there anyhow. */
function isInPlace(old: Version, next: Version): boolean {
  const taken = new Set(filesOf(old).map(({ path }) => resolve(path)));
  return filesOf(next).some(({ path }) => taken.has(resolve(path)));
}

function filesOf({ parsed, place, path }: Version) {
  const places = placesOf(parsed, { place, path });
  return parsed.files.map(({ offset }, i) => ({ ...(places[i] as FilePlace), offset }));
}

function openVersion(version: Version, isWritten: boolean): ChunkStore {
  const { length, pieceLength } = version.parsed;
  return createFileStore({ files: filesOf(version), length, pieceLength }, { isWritten });
}

function read(store: ChunkStore, piece: number): Promise<Uint8Array | null> {
  return new Promise((done) => store.get(piece, null, (error, bytes) => done(error ? null : (bytes ?? null))));
}

function write(store: ChunkStore, piece: number, bytes: Uint8Array): Promise<void> {
  return new Promise((done, fail) => store.put(piece, bytes, (error) => (error ? fail(error) : done())));
}

function hashOf(bytes: Uint8Array | null): string | null {
  return bytes && createHash("sha1").update(bytes).digest("hex");
}

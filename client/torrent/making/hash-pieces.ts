import { webcrypto } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { FloodgateError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import type { Section } from "./lay-out.ts";
import { stampOf, type TreeFile, unreadable } from "./list-tree.ts";

/** Pieces in memory: read one after the other, and hashed by the threads of libuv meanwhile. */
const PIECES_AT_ONCE = 4;

const HASH_BYTES = 20;
const ZEROS = new Uint8Array(64 * 1024);

/**
 * The SHA-1 of each piece, one behind the other (BEP 3, "pieces"). Each byte is read once.
 * @throws {InputError} FILE_UNREADABLE; {FloodgateError} FILE_CHANGED; the reason of `signal`
 */
export async function hashPieces(
  sections: readonly Section<TreeFile>[],
  pieceLength: number,
  {
    onProgress,
    signal,
  }: { readonly onProgress: (bytesDone: number) => void; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const length = sections.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const hashes = new Uint8Array(Math.ceil(length / pieceLength) * HASH_BYTES);
  const buffers = Array.from({ length: PIECES_AT_ONCE }, () => new Uint8Array(Math.min(pieceLength, length)));
  const hashing: Promise<void>[] = buffers.map(() => Promise.resolve());
  const reader = new SectionReader(sections);
  const hashOf = createHasher();
  try {
    for (let piece = 0; piece * pieceLength < length; piece++) {
      signal?.throwIfAborted();
      const turn = piece % PIECES_AT_ONCE;
      await hashing[turn];
      const wanted = Math.min(pieceLength, length - piece * pieceLength);
      const bytes = (buffers[turn] as Uint8Array<ArrayBuffer>).subarray(0, wanted);
      await reader.fill(bytes);
      hashing[turn] = hashOf(bytes).then((hash) => {
        hashes.set(hash, piece * HASH_BYTES);
        onProgress(Math.min(length, (piece + 1) * pieceLength));
      });
    }
    await Promise.all(hashing);
    await reader.end();
  } finally {
    await reader.close();
  }
  return hashes;
}

/** The holes of a sparse file are hashed once: comparing takes a tenth of the time. */
function createHasher(): (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> {
  const ofZeros = new Map<number, Promise<Uint8Array>>();
  const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
    new Uint8Array(await webcrypto.subtle.digest("SHA-1", bytes));
  return (bytes) => {
    if (!isZero(bytes)) return digest(bytes);
    const known = ofZeros.get(bytes.length) ?? digest(new Uint8Array(bytes.length));
    ofZeros.set(bytes.length, known);
    return known;
  };
}

/** Most pieces are told by their first byte. */
function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (part[0] !== 0 || Buffer.compare(part, ZEROS.subarray(0, part.length)) !== 0) return false;
  }
  return true;
}

/** Reads files and padding one behind the other. */
class SectionReader {
  readonly #sections: Iterator<Section<TreeFile>>;
  #section: Section<TreeFile> | null = null;
  #left = 0;
  #handle: FileHandle | null = null;

  constructor(sections: readonly Section<TreeFile>[]) {
    this.#sections = sections.values();
  }

  async fill(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      while (this.#left === 0) await this.#next();
      const part = bytes.subarray(done, done + this.#left);
      if (this.#section?.type === "file") await this.#read(part, this.#section.file);
      else part.fill(0);
      this.#left -= part.length;
      done += part.length;
    }
  }

  /** Looks at the files that are left, which are empty. */
  async end(): Promise<void> {
    while (await this.#next());
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  async #next(): Promise<boolean> {
    if (this.#section?.type === "file") await this.#leave(this.#section.file);
    const next = this.#sections.next();
    this.#section = next.done ? null : next.value;
    this.#left = this.#section?.sizeBytes ?? 0;
    if (this.#section?.type !== "file") return !next.done;
    const { path } = this.#section.file;
    this.#handle = await open(path, "r").catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
    return true;
  }

  async #read(part: Uint8Array, file: TreeFile): Promise<void> {
    for (let done = 0; done < part.length; ) {
      const { bytesRead } = await (this.#handle as FileHandle)
        .read(part, done, part.length - done, null)
        .catch((cause: unknown) => Promise.reject(unreadable(file.path, cause)));
      if (bytesRead === 0) throw changed(file);
      done += bytesRead;
    }
  }

  /** Better refused here than by every downloader. */
  async #leave(file: TreeFile): Promise<void> {
    const found = await this.#handle?.stat();
    await this.close();
    if (found && stampOf(found) !== file.stamp) throw changed(file);
  }
}

function changed({ path }: TreeFile): FloodgateError {
  return new FloodgateError("FILE_CHANGED", `"${printable(path)}" changed while it was read: publish it when it rests`);
}

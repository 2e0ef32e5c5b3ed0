import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { ChunkStore } from "webtorrent";
import { makeDirectories } from "../../make-directories.ts";
import { OpenFiles } from "./open-files.ts";
import { type FilePlace, findFile, openFound } from "./part-files.ts";

/** One file of a content, without padding. */
export interface StoredFile extends FilePlace {
  /** In the content, padding included. */
  readonly offset: number;
}

export interface StoredContent {
  /** In the order of their offsets. */
  readonly files: readonly StoredFile[];
  /** Padding included. */
  readonly length: number;
  readonly pieceLength: number;
}

type GetOptions = { readonly offset?: number; readonly length?: number } | null;
type GetDone = (error: Error | null, bytes?: Uint8Array) => void;

/** A part of one file, and where it is in the bytes that are read or written. */
interface Part {
  readonly file: number;
  readonly position: number;
  readonly at: number;
  readonly length: number;
}

/**
 * The pieces of a content in its files. Padding is never written, and reads as zeros (BEP 47).
 * fs-chunk-store would write it, hold every file open, and drop some characters from names.
 */
export function createFileStore(
  content: StoredContent,
  { isWritten }: { readonly isWritten: boolean },
): ChunkStore & { readonly opened: OpenFiles } {
  const { files, length, pieceLength } = content;
  const opened = new OpenFiles((i) => openFile(files[i] as StoredFile, isWritten));

  const read = async (from: number, bytes: Uint8Array): Promise<Uint8Array> => {
    for (const { file, position, at, length: wanted } of partsIn(files, from, bytes.length)) {
      const { bytesRead } = await opened.use(file, (handle) => handle.read(bytes, at, wanted, position));
      if (bytesRead !== wanted) throw new Error(`${(files[file] as StoredFile).path} is shorter than it was`);
    }
    return bytes;
  };
  const write = async (from: number, bytes: Uint8Array): Promise<void> => {
    for (const { file, position, at, length: wanted } of partsIn(files, from, bytes.length)) {
      await makeFile(opened, file, files[file] as StoredFile);
      await opened.use(file, async (handle) => {
        for (let done = 0; done < wanted; ) {
          const { bytesWritten } = await handle.write(bytes, at + done, wanted - done, position + done);
          done += bytesWritten;
        }
      });
    }
  };
  const close = (done: (error: Error | null) => void): void => {
    opened.close().then(() => done(null), done);
  };

  return {
    opened,
    chunkLength: pieceLength,
    get(index: number, options: GetOptions | GetDone, done?: GetDone) {
      const report = (typeof options === "function" ? options : done) as GetDone;
      const { offset = 0, length: asked = undefined } =
        typeof options === "function" || options === null ? {} : options;
      const whole = Math.min(pieceLength, length - index * pieceLength);
      const wanted = asked ?? whole - offset;
      if (offset < 0 || wanted < 0 || offset + wanted > whole) {
        queueMicrotask(() => report(new Error("the range is outside of the piece")));
        return;
      }
      const from = index * pieceLength + offset;
      read(from, allocate(files, from, wanted)).then((bytes) => report(null, bytes), report);
    },
    put(index, bytes, done) {
      if (!isWritten) {
        queueMicrotask(() => done(new Error("this content is seeded from files that are not written to")));
        return;
      }
      write(index * pieceLength, bytes).then(() => done(null), done);
    },
    close,
    destroy: close,
  };
}

/** Memory for these bytes. Padding reads as zeros; what lies in files is read over. */
function allocate(files: readonly StoredFile[], from: number, length: number): Uint8Array {
  let inFiles = 0;
  for (const part of partsIn(files, from, length)) inFiles += part.length;
  return inFiles === length ? Buffer.allocUnsafeSlow(length) : Buffer.alloc(length);
}

export function* partsIn(files: readonly StoredFile[], from: number, length: number): Generator<Part> {
  const end = from + length;
  for (let i = firstBehind(files, from); i < files.length; i++) {
    const { offset, length: size } = files[i] as StoredFile;
    if (offset >= end) return;
    const start = Math.max(from, offset);
    const wanted = Math.min(end, offset + size) - start;
    if (wanted > 0) yield { file: i, position: start - offset, at: start - from, length: wanted };
  }
}

/** The first file that ends behind this byte. */
function firstBehind(files: readonly StoredFile[], at: number): number {
  let [low, high] = [0, files.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { offset, length } = files[middle] as StoredFile;
    if (offset + length <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function openFile(file: StoredFile, isWritten: boolean) {
  if (!isWritten) return openFound(file, "r");
  return openFound(file, "r+").catch((error: NodeJS.ErrnoException) => {
    // What is complete may be protected, and is served all the same.
    if (error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS") return openFound(file, "r");
    throw error;
  });
}

async function makeFile(opened: OpenFiles, index: number, file: StoredFile): Promise<void> {
  if (opened.has(index) || (await findFile(file)) !== null) return;
  const path = file.part ?? file.path;
  await makeDirectories(dirname(path));
  // "a" makes it, and leaves alone what is there.
  await (await open(path, "a")).close();
}

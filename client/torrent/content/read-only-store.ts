import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ParsedFile } from "parse-torrent";
import type { ChunkStore } from "webtorrent";
import { InputError } from "../../../protocol/base/errors.ts";

/**
 * The files that a seeder serves, opened for reading only. Unlike this store, fs-chunk-store opens
 * them for writing, which fails for a program that runs. It also drops some characters from names.
 */
export type ReadOnlyStore = ChunkStore;

type GetOptions = { readonly offset?: number; readonly length?: number } | null;
type GetDone = (error: Error | null, bytes?: Uint8Array) => void;

/**
 * @throws {InputError} FILE_UNREADABLE, or FILE_MISMATCH when a file has another size than the
 * torrent says
 */
export async function openReadOnlyStore(
  path: string,
  torrent: {
    readonly files: readonly ParsedFile[];
    readonly length: number;
    readonly pieceLength: number;
    readonly isSingleFile: boolean;
  },
): Promise<ReadOnlyStore> {
  const handles: FileHandle[] = [];
  const closeAll = (): Promise<unknown> => Promise.allSettled(handles.map((handle) => handle.close()));
  try {
    for (const file of torrent.files) {
      // A torrent of many files repeats the folder's name in each path.
      const filePath = torrent.isSingleFile ? path : join(path, ...file.path.split("/").slice(1));
      const { size } = await stat(filePath);
      if (size !== file.length) {
        throw new InputError(
          "FILE_MISMATCH",
          `"${filePath}" has ${size} bytes, the torrent says ${file.length}: seed the published file`,
        );
      }
      handles.push(await open(filePath, "r"));
    }
  } catch (error) {
    await closeAll();
    if (error instanceof InputError) throw error;
    throw new InputError("FILE_UNREADABLE", `cannot read "${path}": check the path and its permissions`, {
      cause: error,
    });
  }

  const read = async (from: number, length: number): Promise<Uint8Array> => {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    for (const [i, file] of torrent.files.entries()) {
      const start = from + filled - file.offset;
      const wanted = Math.min(length - filled, file.length - start);
      if (start < 0 || wanted <= 0) continue;
      const { bytesRead } = await (handles[i] as FileHandle).read(bytes, filled, wanted, start);
      if (bytesRead !== wanted) throw new Error(`${file.name} is shorter than it was`);
      filled += wanted;
    }
    if (filled !== length) throw new Error("the range is outside of the torrent");
    return bytes;
  };

  return {
    chunkLength: torrent.pieceLength,
    get(index: number, options: GetOptions | GetDone, done?: GetDone) {
      const report = (typeof options === "function" ? options : done) as GetDone;
      const { offset = 0, length = undefined } = typeof options === "function" || options === null ? {} : options;
      const start = index * torrent.pieceLength;
      const chunkLength = Math.min(torrent.pieceLength, torrent.length - start);
      read(start + offset, length ?? chunkLength - offset).then(
        (bytes) => report(null, bytes),
        (error: Error) => report(error),
      );
    },
    put(_index, _bytes, done) {
      queueMicrotask(() => done(new Error("this content is seeded from a file that is not written to")));
    },
    close(done) {
      closeAll().then(() => done(null), done);
    },
    destroy(done) {
      closeAll().then(() => done(null), done);
    },
  };
}

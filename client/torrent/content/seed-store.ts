import { stat } from "node:fs/promises";
import type { ChunkStore } from "webtorrent";
import { InputError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import { createFileStore, type StoredContent } from "./file-store.ts";

/**
 * The files that a seeder serves, opened for reading only: opening them for writing fails for a
 * program that runs.
 * @throws {InputError} FILE_UNREADABLE, or FILE_MISMATCH when a file has another size than the
 * torrent says
 */
export async function openSeedStore(path: string, content: StoredContent): Promise<ChunkStore> {
  const store = createFileStore(content, { isWritten: false });
  try {
    for (const [i, file] of content.files.entries()) {
      const found = await stat(file.path);
      if (found.size !== file.length || !found.isFile()) throw mismatch(file.path, found, file.length);
      await store.opened.use(i, async () => undefined);
    }
  } catch (error) {
    await store.opened.close();
    if (error instanceof InputError) throw error;
    const { code, path: at = path } = error as NodeJS.ErrnoException;
    throw new InputError("FILE_UNREADABLE", `cannot read "${printable(at)}" (${code}): check the path`, {
      cause: error,
    });
  }
  return store;
}

function mismatch(path: string, found: { size: number; isDirectory(): boolean }, wanted: number): InputError {
  const what = found.isDirectory() ? "is a folder" : `has ${found.size} bytes`;
  return new InputError(
    "FILE_MISMATCH",
    `"${printable(path)}" ${what}, the torrent says ${wanted}: seed what was published`,
  );
}

import { lstat, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { makeDirectories } from "../make-directories.ts";
import type { ParsedContent } from "../torrent/content/metainfo.ts";

type Files = Pick<ParsedContent, "files">;

/** Deletes what was downloaded, and the folders that are empty then. What else is in them stays. */
export async function removeFiles(directory: string, { files }: Files): Promise<void> {
  const folders = new Set<string>();
  for (const { path } of files) {
    await rm(join(directory, path), { force: true });
    for (let at = dirname(path); at !== "."; at = dirname(at)) folders.add(at);
  }
  const deepestFirst = [...folders].sort((a, b) => b.length - a.length);
  for (const folder of deepestFirst) await rmdir(join(directory, folder)).catch(() => undefined);
}

/**
 * Moves the file, or the folder with all that is in it.
 * @throws {InputError} DIRECTORY_UNUSABLE
 */
export async function moveFiles(from: string, { files }: Files, to: string): Promise<void> {
  const tops = [...new Set(files.map(({ path }) => path.split("/")[0] as string))];
  try {
    await makeDirectories(to);
    for (const top of tops) {
      // What is paused before its first piece has no files yet.
      if (!(await exists(join(from, top))) || join(from, top) === join(to, top)) continue;
      if (await exists(join(to, top)))
        throw new InputError(
          "DIRECTORY_UNUSABLE",
          `"${printable(join(to, top))}" is there already: move it away or choose another directory`,
        );
      await rename(join(from, top), join(to, top));
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const code = cause instanceof Error && "code" in cause ? cause.code : "unknown reason";
    throw new InputError(
      "DIRECTORY_UNUSABLE",
      `cannot move the files to "${printable(to)}" (${code}): choose a directory on the same disk`,
      { cause },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

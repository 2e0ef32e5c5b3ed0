import { lstat, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { makeDirectories } from "../make-directories.ts";
import { findFile, type TargetFile, targetsOf } from "../torrent/content/part-files.ts";

interface Files {
  readonly files: readonly TargetFile[];
}

/** Deletes what was downloaded, and the folders that are empty then. What else is in them stays. */
export async function removeFiles(directory: string, { files }: Files): Promise<void> {
  const folders = new Set<string>();
  const places = targetsOf(directory, files);
  for (const [i, { path }] of files.entries()) {
    const found = await findFile(places[i] as (typeof places)[number]);
    if (found !== null) await rm(found.at, { force: true });
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
  try {
    const tops = await topsOf(from, files);
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

/** A file by its name of now, a folder by its own. */
async function topsOf(directory: string, files: readonly TargetFile[]): Promise<ReadonlySet<string>> {
  const places = targetsOf(directory, files);
  const tops = new Set<string>();
  for (const [i, { path }] of files.entries()) {
    const [top = path, ...below] = path.split("/");
    const found = below.length > 0 ? null : await findFile(places[i] as (typeof places)[number]);
    tops.add(found ? basename(found.at) : top);
  }
  return tops;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

import { lstat, mkdtemp, open, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { FloodgateError, InputError } from "../../../protocol/base/errors.ts";
import { makeDirectories } from "../../make-directories.ts";
import { findFile, type TargetFile, targetsOf } from "./part-files.ts";

interface Files {
  readonly files: readonly TargetFile[];
}

/**
 * True when some of the target files exist. @throws {InputError} FILE_EXISTS when one of them
 * cannot be a part of this torrent, DIRECTORY_UNUSABLE
 */
export async function hasTargetFiles(directory: string, parsed: Files): Promise<boolean> {
  let hasFiles = false;
  for (const file of targetsOf(directory, parsed.files)) {
    const found = await findFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new InputError("DIRECTORY_UNUSABLE", `cannot look into "${directory}": ${error.code}`, { cause: error });
    });
    if (found === null) {
      await refuseDanglingLinks(directory, file.path);
      if (file.part !== null) await refuseDanglingLinks(directory, file.part);
      continue;
    }
    const { at, stats } = found;
    if (!stats.isFile() || stats.size > file.length) throw targetExists(at);
    hasFiles ||= stats.size > 0;
  }
  return hasFiles;
}

/**
 * A link that leads nowhere looks like no file, but writing would make one where it points.
 * @throws {InputError} FILE_EXISTS
 */
async function refuseDanglingLinks(directory: string, path: string): Promise<void> {
  let at = directory;
  for (const part of relative(directory, path).split(sep)) {
    at = join(at, part);
    const found = await lstat(at).catch(() => null);
    if (found === null) return;
    if (found.isSymbolicLink() && (await stat(at).catch(() => null)) === null) throw targetExists(at);
  }
}

/**
 * Looks whether anything can be written there, before anything is bought.
 * @throws {InputError} DIRECTORY_UNUSABLE
 */
export async function prepareTarget(directory: string): Promise<void> {
  try {
    await makeDirectories(directory);
    await rmdir(await mkdtemp(join(directory, ".floodgate-")));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError("DIRECTORY_UNUSABLE", `cannot write into "${directory}": ${code}`, { cause: error });
  }
}

/**
 * Looks at the target files when all of them was written, and makes the empty ones.
 * @throws {FloodgateError} FILE_CHANGED when one is not there in full
 */
export async function finishFiles(directory: string, parsed: Files): Promise<void> {
  await makeEmptyFiles(directory, parsed);
  for (const file of parsed.files) {
    const path = join(directory, file.path);
    const size = await stat(path).then(
      (found) => found.size,
      () => null,
    );
    if (size !== file.length)
      throw new FloodgateError("FILE_CHANGED", `"${path}" was removed or changed while it was downloaded`);
  }
}

/** No piece holds anything of an empty file, so that no write makes it. */
async function makeEmptyFiles(directory: string, parsed: Files): Promise<void> {
  for (const file of parsed.files) {
    if (file.length > 0) continue;
    const path = join(directory, file.path);
    await makeDirectories(dirname(path));
    await (await open(path, "a")).close();
  }
}

export function targetExists(path: string): InputError {
  return new InputError(
    "FILE_EXISTS",
    `"${path}" exists and is not a part of this download: move it away or choose another directory`,
  );
}

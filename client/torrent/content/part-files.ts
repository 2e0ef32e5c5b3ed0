import type { Stats } from "node:fs";
import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ParsedContent } from "./metainfo.ts";

/**
 * A file that is not complete yet is named `NAME.part`, so that no program takes half of it for
 * the whole (docs/decisions, 026).
 */

/** Where a file of a content is, or will be. */
export interface FilePlace {
  readonly path: string;
  /** Its name until it is complete; null: it has its own from the beginning. */
  readonly part: string | null;
  readonly length: number;
}

const SUFFIX = ".part";
const MAX_NAME_BYTES = 255;

/**
 * Where the files of a content are, in their order. `path`: the target directory of a download, or
 * what is seeded.
 */
export function placesOf(
  { files, isSingleFile }: Pick<ParsedContent, "isSingleFile"> & { readonly files: readonly TargetFile[] },
  { place, path }: { readonly place: "download" | "seed"; readonly path: string },
): FilePlace[] {
  if (place === "download") return targetsOf(path, files);
  // A torrent of many files repeats the folder's name in each path.
  const pathOf = (file: TargetFile): string => (isSingleFile ? path : join(path, ...file.path.split("/").slice(1)));
  return files.map((file) => ({ path: pathOf(file), part: null, length: file.length }));
}

export interface TargetFile {
  readonly path: string;
  readonly length: number;
}

export function targetsOf(directory: string, files: readonly TargetFile[]): FilePlace[] {
  const parts = partsOf(files.map(({ path }) => path));
  return files.map(({ path, length }, i) => {
    const part = parts[i] ?? null;
    return { path: join(directory, path), part: part === null ? null : join(directory, part), length };
  });
}

/** Null where that is the name of something else in the content, or longer than names can be. */
export function partsOf(paths: readonly string[]): (string | null)[] {
  const taken = new Set<string>();
  for (const path of paths)
    for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) taken.add(sameName(at));
  return paths.map((path) => {
    const part = `${path}${SUFFIX}`;
    const name = part.slice(part.lastIndexOf("/") + 1);
    return Buffer.byteLength(name) > MAX_NAME_BYTES || taken.has(sameName(part)) ? null : part;
  });
}

/** For file systems that keep one of both. */
function sameName(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/**
 * Where the file is now. One with its own name and all of its length is it, and so is one that was
 * begun before there were such names. Null: nothing is there.
 */
export async function findFile({
  path,
  part,
  length,
}: FilePlace): Promise<{ readonly at: string; readonly stats: Stats } | null> {
  const own = await statOf(path);
  if (part === null || own?.size === length) return own && { at: path, stats: own };
  const unfinished = await statOf(part);
  if (unfinished?.isFile()) return { at: part, stats: unfinished };
  // It may just have been completed.
  const found = own ?? (await statOf(path));
  return found && { at: path, stats: found };
}

/** Opens it where it is now. @throws ENOENT */
export async function openFound(file: FilePlace, flags: "r" | "r+"): Promise<FileHandle> {
  const at = (await findFile(file))?.at ?? file.path;
  return open(at, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && at === file.part) return open(file.path, flags);
    throw error;
  });
}

/** Gives a complete file its name. False: another file has it. */
export async function completeFile(file: FilePlace): Promise<boolean> {
  const { path, part } = file;
  if (part === null || (await statOf(part)) === null) return true;
  if ((await statOf(path)) !== null) return false;
  await rename(part, path).catch((error: NodeJS.ErrnoException) => {
    // Removed meanwhile, which `finishFiles` tells of.
    if (error.code !== "ENOENT") throw error;
  });
  return true;
}

function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MAX_FILES } from "../../../protocol/base/constants.ts";
import { InputError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import { nameProblem, TakenPaths } from "../../../protocol/bittorrent/names.ts";

/** A file that is to be published. */
export interface TreeFile {
  /** On this machine. */
  readonly path: string;
  /** Below the folder; none for a single file. */
  readonly parts: readonly string[];
  readonly sizeBytes: number;
  /** Says whether somebody has written to it since. */
  readonly stamp: string;
}

export interface Tree {
  /** Ordered by their paths, the same on every machine. */
  readonly files: readonly TreeFile[];
  /** A torrent cannot have them (BEP 3). */
  readonly emptyFolders: number;
}

/** Symbolic links: refused, or taken for what they lead to. */
export type Links = "refuse" | "follow";

/** A level takes one open directory, and a name on the stack. */
const MAX_DEPTH = 100;

/**
 * All files below a folder.
 * @throws {InputError} FILE_UNREADABLE, FILE_UNUSABLE, LINK_REFUSED, NAME_UNSAFE, NAMES_COLLIDE,
 * FILES_TOO_MANY
 */
export async function listTree(root: string, links: Links): Promise<Tree> {
  const files: TreeFile[] = [];
  const taken = new TakenPaths();
  let emptyFolders = 0;

  const addFile = (path: string, parts: readonly string[], found: Stats): void => {
    if (!found.isFile())
      throw new InputError(
        "FILE_UNUSABLE",
        `"${printable(path)}" is neither a file nor a folder: take it out of the folder`,
      );
    const inTheWay = taken.take(parts);
    if (inTheWay !== null)
      throw new InputError(
        "NAMES_COLLIDE",
        `two files are in each other's way at "${printable(inTheWay)}" where case is ignored: rename one`,
      );
    if (files.length === MAX_FILES)
      throw new InputError(
        "FILES_TOO_MANY",
        `"${printable(root)}" has more than ${MAX_FILES} files: publish parts of it`,
      );
    files.push({ path, parts, sizeBytes: found.size, stamp: stampOf(found) });
  };

  /** `above`: the folders on the way, so that no link leads round in a circle. */
  const walk = async (folder: string, parts: readonly string[], above: ReadonlySet<string>): Promise<void> => {
    const entries = await orUnreadable(folder, readdir(folder, { withFileTypes: true, encoding: "buffer" }));
    if (entries.length === 0) emptyFolders++;
    for (const entry of entries) {
      const name = nameOf(entry, folder);
      const path = join(folder, name);
      if (entry.isSymbolicLink() && links === "refuse")
        throw new InputError(
          "LINK_REFUSED",
          `"${printable(path)}" is a symbolic link: take it out, or publish what it leads to with --links follow`,
        );
      const found = await orUnreadable(path, stat(path));
      const inside = [...parts, name];
      if (!found.isDirectory()) addFile(path, inside, found);
      else if (above.has(idOf(found)) || inside.length > MAX_DEPTH)
        throw new InputError("LINK_REFUSED", `"${printable(path)}" leads round in a circle: take the link out`);
      else await walk(path, inside, new Set([...above, idOf(found)]));
    }
  };
  await walk(root, [], new Set([idOf(await orUnreadable(root, stat(root)))]));
  const keyed = files.map((file) => ({ file, key: file.parts.join("/") }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { files: keyed.map(({ file }) => file), emptyFolders };
}

export function stampOf({ size, mtimeMs, dev, ino }: Stats): string {
  return `${size} ${mtimeMs} ${dev} ${ino}`;
}

export function unreadable(path: string, cause: unknown): InputError {
  const code = cause instanceof Error && "code" in cause ? ` (${cause.code})` : "";
  return new InputError(
    "FILE_UNREADABLE",
    `cannot read "${printable(path)}"${code}: check the path and its permissions`,
    {
      cause,
    },
  );
}

/** @throws {InputError} NAME_UNSAFE */
export function checkName(bytes: Uint8Array, path: string): void {
  const problem = nameProblem(bytes);
  if (problem) throw new InputError("NAME_UNSAFE", `the name of "${printable(path)}" ${problem}: rename it`);
}

function nameOf({ name }: Dirent<Buffer>, folder: string): string {
  const text = name.toString("utf8");
  checkName(name, join(folder, text));
  return text;
}

function idOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
}

function orUnreadable<T>(path: string, reading: Promise<T>): Promise<T> {
  return reading.catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
}

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ParsedTorrent } from "parse-torrent";

/** Size and time of a file, which change when it is written to; null: there is none. */
type Stamp = readonly [sizeBytes: number, changedAtMs: number] | null;

/** Where the files of a content are, in their order. */
export function pathsOf(
  parsed: Pick<ParsedTorrent, "files">,
  { place, path, isSingleFile }: { place: "download" | "seed"; path: string; isSingleFile: boolean },
): string[] {
  if (place === "download") return parsed.files.map((file) => join(path, file.path));
  // A torrent of many files repeats the folder's name in each path.
  return isSingleFile ? [path] : parsed.files.map((file) => join(path, ...file.path.split("/").slice(1)));
}

/** The stamps of these files, as text. */
export async function stampFiles(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size, mtimeMs }): Stamp => [size, mtimeMs],
        (): Stamp => null,
      ),
    ),
  );
  return JSON.stringify(stamps);
}

/**
 * What was known of the files still holds. Files that are being written change all the time: then
 * it is enough that none has become shorter.
 */
export function isStillThere(before: string, now: string, isComplete: boolean): boolean {
  if (isComplete) return before === now;
  const [old, current] = [JSON.parse(before), JSON.parse(now)] as [Stamp[], Stamp[]];
  return old.length === current.length && old.every((stamp, i) => (current[i]?.[0] ?? 0) >= (stamp?.[0] ?? 0));
}

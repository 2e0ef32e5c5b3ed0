import { type FilePlace, findFile } from "../torrent/content/part-files.ts";

/** Size and time of a file, which change when it is written to; null: there is none. */
type Stamp = readonly [sizeBytes: number, changedAtMs: number] | null;

/** The stamps of these files, as text. */
export async function stampFiles(files: readonly FilePlace[]): Promise<string> {
  const stamps = await Promise.all(
    files.map((file) =>
      findFile(file).then(
        (found): Stamp => found && [found.stats.size, found.stats.mtimeMs],
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

import { join } from "node:path";
import { FloodgateError, InputError, textOfError } from "../../../protocol/base/errors.ts";
import type { Place } from "./content.ts";
import { targetExists } from "./download-target.ts";
import type { ParsedContent } from "./metainfo.ts";

/** So many, and a seeder's file is another one. */
const MAX_LOST_PIECES = 8;

/**
 * Refuses files on disk that cannot be seeded, or must not be written to. `found`: pieces on disk.
 * `isForeign`: there are files of which nothing was known.
 * @throws {InputError} FILE_EXISTS, FILE_MISMATCH
 */
export function checkOnDisk(
  place: Place,
  { name, pieces }: ParsedContent,
  { found, isForeign }: { readonly found: number; readonly isForeign: boolean },
): void {
  if (place.type === "download") {
    if (isForeign && found === 0) throw targetExists(join(place.directory, name));
    return;
  }
  if (found === pieces.length) return;
  throw new InputError(
    "FILE_MISMATCH",
    `"${place.path}" is not the published file: ${found} of ${pieces.length} pieces match`,
  );
}

export function contentError(error: unknown): FloodgateError {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const what = textOfError(error);
  if (code === "ENOSPC")
    return new FloodgateError("DISK_FULL", "the disk is full: free some space and start again", { cause: error });
  return new FloodgateError("CONTENT_FAILED", `the download cannot go on: ${what}`, { cause: error });
}

export function pieceLost(place: Place, { name }: Pick<ParsedContent, "name">, piece: number): InputError {
  const path = place.type === "seed" ? place.path : join(place.directory, name);
  const what = `piece ${piece} of "${path}" has changed or cannot be read: it is no longer offered`;
  return new InputError("FILE_UNREADABLE", what);
}

/** Why a seeder ends that has lost so many pieces; null: it goes on. */
export function filesLost(place: Place, pieces: number): FloodgateError | null {
  if (place.type === "download" || pieces < MAX_LOST_PIECES) return null;
  const what = `${pieces} pieces of "${place.path}" have changed or cannot be read: seed the published file`;
  return new FloodgateError("FILE_CHANGED", what);
}

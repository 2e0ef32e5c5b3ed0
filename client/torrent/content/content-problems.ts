import { join } from "node:path";
import { FloodgateError, InputError, textOfError } from "../../../protocol/base/errors.ts";
import type { Place } from "./content.ts";
import { targetExists } from "./download-target.ts";
import type { ParsedContent } from "./metainfo.ts";

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

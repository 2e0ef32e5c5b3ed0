import { join } from "node:path";
import type { ParsedContent } from "./metainfo.ts";

/**
 * Where the files of a content are, in their order. `path`: the target directory of a download, or
 * what is seeded.
 */
export function pathsOf(
  { files, isSingleFile }: Pick<ParsedContent, "files" | "isSingleFile">,
  { place, path }: { readonly place: "download" | "seed"; readonly path: string },
): string[] {
  if (place === "download") return files.map((file) => join(path, file.path));
  // A torrent of many files repeats the folder's name in each path.
  return isSingleFile ? [path] : files.map((file) => join(path, ...file.path.split("/").slice(1)));
}

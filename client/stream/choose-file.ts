import { InputError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { mediaTypeOf } from "./media-type.ts";

interface TorrentFile {
  /**
   * Relative to the download's directory, with slashes. A torrent of many files has its own name in
   * front.
   */
  readonly path: string;
  readonly name: string;
  readonly length: number;
}

const MAX_NAMED_FILES = 5;

/**
 * The file to stream: the one with the `wanted` path, else the largest playable one, else the
 * largest.
 * @throws {InputError} STREAM_FILE_UNKNOWN
 */
export function chooseStreamFile<File extends TorrentFile>(files: readonly File[], wanted: string | null): File {
  if (wanted !== null) {
    const found = files.find(({ path }) => path === wanted || path.slice(path.indexOf("/") + 1) === wanted);
    if (found) return found;
    const names = files.slice(0, MAX_NAMED_FILES).map(({ path }) => printable(path));
    const more = files.length > names.length ? `, and ${files.length - names.length} more` : "";
    throw new InputError(
      "STREAM_FILE_UNKNOWN",
      `the content has no file "${printable(wanted)}": give --stream-file one of ${names.join(", ")}${more}`,
    );
  }
  const media = files.filter(({ name }) => mediaTypeOf(name) !== null);
  const [first, ...others] = media.length > 0 ? media : files;
  if (!first) throw new InputError("STREAM_FILE_UNKNOWN", "the content has no files");
  return others.reduce((largest, file) => (file.length > largest.length ? file : largest), first);
}

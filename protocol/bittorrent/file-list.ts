import { MAX_FILES } from "../base/constants.ts";
import { printable } from "../base/text.ts";
import { type Bencoded, isDictionary } from "./bencode.ts";
import { fail, integer } from "./metainfo-fault.ts";
import { nameProblem, TakenPaths } from "./names.ts";

export interface MetainfoFile {
  /** Parts joined by slashes; below the torrent's name if it has several files. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface FileList {
  /** Without padding. */
  readonly files: readonly MetainfoFile[];
  /** With padding. */
  readonly lengthBytes: number;
  /** Bytes of padding at the end of a piece (BEP 47), by piece. */
  readonly padding: ReadonlyMap<number, number>;
}

/**
 * `files` of a torrent with several. Padding (BEP 47) ends with a piece and is shorter than one, so
 * that each piece holds something.
 * @throws {ProtocolError} METAINFO_INVALID
 */
export function readFiles(list: Bencoded | undefined, pieceLength: number): FileList {
  if (!Array.isArray(list) || list.length === 0) return fail("its list of files is malformed");
  if (list.length > MAX_FILES) fail(`it has ${list.length} files, at most ${MAX_FILES} are accepted`);
  const taken = { path: new TakenPaths(), "path.utf-8": new TakenPaths() };
  const padding = new Map<number, number>();
  const files: MetainfoFile[] = [];
  let lengthBytes = 0;
  for (const file of list as readonly Bencoded[]) {
    if (!isDictionary(file)) return fail("its list of files is malformed");
    const sizeBytes = integer(file.entries.get("length"), "length of a file");
    lengthBytes += sizeBytes;
    const parts = readPath(file.entries.get("path"));
    const others = file.entries.has("path.utf-8") ? readPath(file.entries.get("path.utf-8")) : null;
    const attributes = file.entries.get("attr");
    if (attributes instanceof Uint8Array && lossyText(attributes).includes("p")) {
      if (sizeBytes === 0 || sizeBytes >= pieceLength || lengthBytes % pieceLength !== 0)
        fail("its padding does not end with a piece, or is longer than one");
      padding.set(lengthBytes / pieceLength - 1, sizeBytes);
      continue;
    }
    const inTheWay = taken.path.take(parts) ?? (others && taken["path.utf-8"].take(others));
    if (inTheWay !== null) fail(`two of its files are in each other's way at "${printable(inTheWay)}"`);
    files.push({ path: parts.join("/"), sizeBytes });
  }
  return { files, lengthBytes, padding };
}

function readPath(path: Bencoded | undefined): string[] {
  if (!Array.isArray(path) || path.length === 0) return fail("a file has no path");
  for (const part of path) checkName(part);
  return (path as readonly Uint8Array[]).map(lossyText);
}

export function checkName(name: Bencoded | undefined): void {
  if (!(name instanceof Uint8Array)) fail("a name is missing");
  const problem = nameProblem(name);
  if (problem) fail(`the name "${printable(lossyText(name))}" ${problem}`);
}

/** UTF-8 in which malformed bytes are replaced. */
export function lossyText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

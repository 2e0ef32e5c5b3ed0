import { MAX_FILES, MAX_METAINFO_BYTES, MAX_PIECES } from "../base/constants.ts";
import { ProtocolError } from "../base/errors.ts";
import { sha1Hex } from "../base/hashes.ts";
import type { InfoHash } from "../base/ids.ts";
import { isPlainText, printable } from "../base/text.ts";
import { type Bencoded, decodeBencode, isDictionary } from "./bencode.ts";

/** Judges `.torrent` files (BEP 3) before anything else reads them. */

/** Pieces of free torrents made elsewhere may be as large as this. */
const MAX_FOREIGN_PIECE_LENGTH = 64 * 1024 * 1024;
/** BEP 3 sets no least; below this a piece is no larger than a block. */
const MIN_FOREIGN_PIECE_LENGTH = 16 * 1024;
/** A file has a dictionary, its length, its path twice with its parts, and perhaps more. */
const MAX_VALUES = 12 * MAX_FILES;
/** Longest component that common file systems take. */
const MAX_NAME_BYTES = 255;

/** Keys outside `info` that lead clients to other trackers, web seeds or DHT nodes. */
const FOREIGN_SOURCES = ["announce-list", "nodes", "url-list", "httpseeds"];

export interface MetainfoFile {
  /** Parts joined by slashes; below the torrent's name if it has several files. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface Metainfo {
  readonly infoHash: InfoHash;
  /** Of the file, or of the folder of the files. */
  readonly name: string;
  readonly files: readonly MetainfoFile[];
  readonly sizeBytes: number;
  readonly pieceLength: number;
  readonly pieceCount: number;
  readonly isSingleFile: boolean;
  /** BEP 27. */
  readonly isPrivate: boolean;
  /** Null: none, or not a text. */
  readonly trackerUrl: string | null;
  /** Keys present that name other sources of peers or data than `announce`. */
  readonly foreignSources: readonly string[];
}

/**
 * Refuses everything that could hurt this machine or hash differently elsewhere: spellings that are
 * not canonical, sizes above the limits, lengths that do not match the pieces, names that leave the
 * directory, duplicate files.
 * @throws {ProtocolError} METAINFO_INVALID
 */
export function parseMetainfo(metainfo: Uint8Array): Metainfo {
  if (metainfo.length > MAX_METAINFO_BYTES)
    fail(`it has ${metainfo.length} bytes, at most ${MAX_METAINFO_BYTES} are read`);
  const root = decode(metainfo);
  if (!isDictionary(root)) return fail("it is not a dictionary");
  const info = root.entries.get("info");
  if (!isDictionary(info)) return fail("it has no info dictionary");
  const entries = info.entries;

  if (entries.has("meta version")) fail("only version 1 torrents (BEP 3) are read");
  const pieceLength = integer(entries.get("piece length"), "piece length");
  if (
    pieceLength < MIN_FOREIGN_PIECE_LENGTH ||
    pieceLength > MAX_FOREIGN_PIECE_LENGTH ||
    pieceLength % MIN_FOREIGN_PIECE_LENGTH !== 0
  ) {
    fail(`a piece length of ${pieceLength} bytes is not accepted`);
  }
  const pieces = entries.get("pieces");
  if (!(pieces instanceof Uint8Array) || pieces.length === 0 || pieces.length % 20 !== 0)
    return fail("its piece hashes are malformed");
  const pieceCount = pieces.length / 20;
  if (pieceCount > MAX_PIECES) fail(`it has ${pieceCount} pieces, at most ${MAX_PIECES} are accepted`);

  checkName(entries.get("name"));
  // parse-torrent prefers this key: it must say nothing that was not checked.
  if (entries.has("name.utf-8")) checkName(entries.get("name.utf-8"));
  const isSingleFile = !entries.has("files");
  if (!isSingleFile && entries.has("length")) fail("it has both a length and files");
  const name = lossyText(entries.get("name") as Uint8Array);
  const files = isSingleFile
    ? [{ path: name, sizeBytes: integer(entries.get("length"), "length") }]
    : readFiles(entries.get("files"));
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (!Number.isSafeInteger(sizeBytes)) fail("its files are too long");
  if (sizeBytes <= 0 || Math.ceil(sizeBytes / pieceLength) !== pieceCount) {
    fail(`${sizeBytes} bytes do not make ${pieceCount} pieces of ${pieceLength} bytes`);
  }
  return {
    infoHash: sha1Hex(info.bytes),
    name,
    files,
    sizeBytes,
    pieceLength,
    pieceCount,
    isSingleFile,
    isPrivate: entries.get("private") === 1n,
    trackerUrl: text(root.entries.get("announce")),
    foreignSources: FOREIGN_SOURCES.filter((key) => root.entries.has(key)),
  };
}

function readFiles(files: Bencoded | undefined): MetainfoFile[] {
  if (!Array.isArray(files) || files.length === 0) return fail("its list of files is malformed");
  if (files.length > MAX_FILES) fail(`it has ${files.length} files, at most ${MAX_FILES} are accepted`);
  const taken = new Map<string, "file" | "folder">();
  return (files as readonly Bencoded[]).map((file) => {
    if (!isDictionary(file)) return fail("its list of files is malformed");
    const sizeBytes = integer(file.entries.get("length"), "length of a file");
    for (const key of ["path", "path.utf-8"]) {
      const path = file.entries.get(key);
      if (path === undefined && key === "path.utf-8") continue;
      if (!Array.isArray(path) || path.length === 0) return fail("a file has no path");
      for (const part of path) checkName(part);
      takePath(taken, key, path as readonly Uint8Array[]);
    }
    const parts = file.entries.get("path") as readonly Uint8Array[];
    return { path: parts.map(lossyText).join("/"), sizeBytes };
  });
}

/** No two files, and no file and folder, may have one name on a file system that ignores case. */
function takePath(taken: Map<string, "file" | "folder">, key: string, path: readonly Uint8Array[]): void {
  let folded = `${key}:`;
  for (const [depth, part] of path.entries()) {
    // Upper case first: it is the same for more spellings, such as both of a final sigma.
    folded += `/${lossyText(part).normalize("NFC").toUpperCase().toLowerCase()}`;
    const kind = depth === path.length - 1 ? "file" : "folder";
    const before = taken.get(folded);
    if (before !== undefined && (kind === "file" || before === "file"))
      fail(`two of its files are in each other's way at "${printable(folded.slice(key.length + 2))}"`);
    taken.set(folded, kind);
  }
}

function checkName(name: Bencoded | undefined): void {
  if (!(name instanceof Uint8Array)) fail("a name is missing");
  const problem = nameProblem(name);
  if (problem) fail(`the name "${printable(lossyText(name))}" ${problem}`);
}

/** UTF-8 in which malformed bytes are replaced. */
function lossyText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** What makes a path component unsafe, or null. */
export function nameProblem(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "is empty";
  if (bytes.length > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`;
  const name = text(bytes);
  if (name === null) return "is not UTF-8";
  if (name === "." || name === "..") return "leads out of the directory";
  if (/[/\\]/.test(name)) return "holds a path separator";
  if (!isPlainText(name)) return "holds control or invisible characters";
  if (/[<>:"|?*]/.test(name)) return 'holds one of < > : " | ? *';
  if (/[. ]$/.test(name)) return "ends with a dot or a space";
  if (/^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])(\.|$)/i.test(name)) return "is a device name on Windows";
  return null;
}

function text(value: Bencoded | undefined): string | null {
  if (!(value instanceof Uint8Array)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    // Not UTF-8: the caller says which text it misses.
    return null;
  }
}

function integer(value: Bencoded | undefined, what: string): number {
  if (typeof value !== "bigint" || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    return fail(`its ${what} is malformed`);
  return Number(value);
}

function decode(metainfo: Uint8Array): Bencoded {
  try {
    return decodeBencode(metainfo, true, MAX_VALUES);
  } catch (error) {
    if (error instanceof ProtocolError) return fail(error.message);
    throw error;
  }
}

function fail(what: string): never {
  throw new ProtocolError("METAINFO_INVALID", `not a usable .torrent file: ${what}`);
}

import { MAX_FILES, MAX_METAINFO_BYTES, MAX_PIECES } from "../base/constants.ts";
import { ProtocolError } from "../base/errors.ts";
import { sha1Hex } from "../base/hashes.ts";
import type { InfoHash } from "../base/ids.ts";
import { type Bencoded, decodeBencode, isDictionary } from "./bencode.ts";
import { checkName, type FileList, lossyText, type MetainfoFile, readFiles } from "./file-list.ts";
import { fail, integer } from "./metainfo-fault.ts";
import { textOf } from "./names.ts";

/** Judges `.torrent` files (BEP 3) before anything else reads them. */

/** Pieces of free torrents made elsewhere may be as large as this. */
const MAX_FOREIGN_PIECE_LENGTH = 64 * 1024 * 1024;
/** BEP 3 sets no least; below this a piece is no larger than a block. */
const MIN_FOREIGN_PIECE_LENGTH = 16 * 1024;
/** A file has a dictionary, its length, its path twice with its parts, and perhaps more. */
export const MAX_METAINFO_VALUES = 12 * MAX_FILES;

/** Keys outside `info` that lead clients to other trackers, web seeds or DHT nodes. */
const FOREIGN_SOURCES = ["announce-list", "nodes", "url-list", "httpseeds"];

export interface Metainfo {
  readonly infoHash: InfoHash;
  /** Of the file, or of the folder of the files. */
  readonly name: string;
  /** Without padding. */
  readonly files: readonly MetainfoFile[];
  /** What is bought: without padding. */
  readonly sizeBytes: number;
  /** Bytes of padding at the end of a piece (BEP 47), by piece: zeros, which nobody sends. */
  readonly padding: ReadonlyMap<number, number>;
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
  const { files, lengthBytes, padding } = isSingleFile
    ? oneFile(name, integer(entries.get("length"), "length"))
    : readFiles(entries.get("files"), pieceLength);
  if (!Number.isSafeInteger(lengthBytes)) fail("its files are too long");
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (sizeBytes <= 0 || Math.ceil(lengthBytes / pieceLength) !== pieceCount) {
    fail(`${lengthBytes} bytes do not make ${pieceCount} pieces of ${pieceLength} bytes`);
  }
  const announce = root.entries.get("announce");
  return {
    infoHash: sha1Hex(info.bytes),
    name,
    files,
    sizeBytes,
    padding,
    pieceLength,
    pieceCount,
    isSingleFile,
    isPrivate: entries.get("private") === 1n,
    trackerUrl: announce instanceof Uint8Array ? textOf(announce) : null,
    foreignSources: FOREIGN_SOURCES.filter((key) => root.entries.has(key)),
  };
}

function oneFile(path: string, sizeBytes: number): FileList {
  return { files: [{ path, sizeBytes }], lengthBytes: sizeBytes, padding: new Map() };
}

function decode(metainfo: Uint8Array): Bencoded {
  try {
    return decodeBencode(metainfo, true, MAX_METAINFO_VALUES);
  } catch (error) {
    if (error instanceof ProtocolError) return fail(error.message);
    throw error;
  }
}

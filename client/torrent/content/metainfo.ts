import parseTorrent, { type ParsedFile, type ParsedTorrent } from "parse-torrent";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";

/** Reading `.torrent` files (BEP 3), made here or by others, once they were checked. */

/** What webtorrent needs, and what it does not know of padding. `files` are without padding. */
export interface ParsedContent extends ParsedTorrent {
  /** Padding (BEP 47), as plain clients see it. */
  readonly padFiles: readonly ParsedFile[];
  readonly isSingleFile: boolean;
  /** What is bought: without padding. */
  readonly sizeBytes: number;
  /** As `Metainfo` has it. */
  readonly padding: ReadonlyMap<number, number>;
}

/** How a content is cut into pieces. */
export interface PieceLayout {
  readonly pieceCount: number;
  /** As `pieceLengthOf`. */
  readonly lengthOf: (piece: number) => number;
}

/** @throws {ProtocolError} METAINFO_INVALID */
export function readPieceLayout(metainfo: Uint8Array): PieceLayout {
  const { pieceCount, pieceLength, sizeBytes, padding } = parseMetainfo(metainfo);
  const length = [...padding.values()].reduce((sum, bytes) => sum + bytes, sizeBytes);
  const lengthOf = (piece: number): number =>
    Math.min(pieceLength, length - piece * pieceLength) - (padding.get(piece) ?? 0);
  return { pieceCount, lengthOf };
}

/**
 * @throws {ProtocolError} METAINFO_INVALID, also when the infohash is not the one that was asked
 * for
 */
export async function readMetainfo(metainfo: Uint8Array, infoHash: InfoHash): Promise<ParsedContent> {
  const valid = parseMetainfo(metainfo);
  if (valid.infoHash !== infoHash) {
    throw new ProtocolError(
      "METAINFO_INVALID",
      `not a usable .torrent file: its infohash is ${valid.infoHash}, not the requested ${infoHash}`,
    );
  }
  const { isSingleFile, sizeBytes, padding } = valid;
  const parsed = await parseTorrent(metainfo);
  const isPad = (_: ParsedFile, i: number): boolean => isPadding(parsed.info.files?.[i]?.attr);
  const padFiles = parsed.files.filter(isPad);
  const files = parsed.files.filter((file, i) => !isPad(file, i));
  return { ...parsed, files, padFiles, isSingleFile, sizeBytes, padding };
}

/** BEP 47, "attr". */
function isPadding(attributes: unknown): boolean {
  return attributes instanceof Uint8Array && attributes.includes("p".charCodeAt(0));
}

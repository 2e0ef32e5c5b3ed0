import { stat } from "node:fs/promises";
import { basename } from "node:path";
import bencode from "bencode";
import createTorrent from "create-torrent";
import parseTorrent, { type ParsedTorrent } from "parse-torrent";
import {
  MAX_PIECE_LENGTH,
  MIN_PAID_PIECES,
  MIN_PIECE_LENGTH,
  TARGET_PIECES,
} from "../../../protocol/base/constants.ts";
import { InputError, ProtocolError } from "../../../protocol/base/errors.ts";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import { printable } from "../../../protocol/base/text.ts";
import { formatBytes } from "../../../protocol/base/units.ts";
import { nameProblem, parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";

/** `.torrent` files (BEP 3): making our own, and reading those of others once they were checked. */

/**
 * The power of two between MIN_PIECE_LENGTH and MAX_PIECE_LENGTH that gives about TARGET_PIECES
 * pieces.
 */
function choosePieceLength(sizeBytes: number): number {
  const ideal = 2 ** Math.round(Math.log2(sizeBytes / TARGET_PIECES));
  return Math.min(MAX_PIECE_LENGTH, Math.max(MIN_PIECE_LENGTH, ideal));
}

/**
 * Reads one file once and makes its metainfo. Paid content is `private` (BEP 27) and has at least
 * MIN_PAID_PIECES pieces.
 * @throws {InputError} FILE_UNREADABLE, FILE_EMPTY, FILE_TOO_SMALL, NAME_UNSAFE
 */
export async function createMetainfo(
  path: string,
  options: {
    readonly name?: string;
    readonly trackerUrl: string;
    readonly isPaid: boolean;
    /** Bytes, a power of two. Without it the content has about a thousand pieces. */
    readonly pieceLength?: number;
  },
): Promise<Uint8Array> {
  const unreadable = (cause: unknown): InputError =>
    new InputError("FILE_UNREADABLE", `cannot read "${printable(path)}": check the path and its permissions`, {
      cause,
    });
  const found = await stat(path).catch((error: unknown) => Promise.reject(unreadable(error)));
  if (!found.isFile())
    throw new InputError("FILE_UNREADABLE", `"${printable(path)}" is not a file: publish one file at a time`);
  if (found.size === 0)
    throw new InputError("FILE_EMPTY", `"${printable(path)}" is empty: there is nothing to publish`);
  const pieceLength = options.pieceLength ?? choosePieceLength(found.size);
  if (options.isPaid && found.size <= (MIN_PAID_PIECES - 1) * pieceLength) {
    throw new InputError(
      "FILE_TOO_SMALL",
      `paid content must be larger than ${formatBytes((MIN_PAID_PIECES - 1) * pieceLength)}, and ` +
        `"${printable(path)}" has ${formatBytes(found.size)}: publish it free with --price 0, or several in one archive`,
    );
  }
  const name = options.name ?? basename(path);
  const problem = nameProblem(Buffer.from(name));
  if (problem) throw new InputError("NAME_UNSAFE", `"${printable(name)}" cannot be a file name: it ${problem}`);
  const metainfo = await new Promise<Uint8Array>((resolve, reject) => {
    const settings = { name, pieceLength, announce: [options.trackerUrl], createdBy: "Floodgate" };
    createTorrent(path, options.isPaid ? { ...settings, private: true } : settings, (error, bytes) =>
      error ? reject(unreadable(error)) : resolve(withoutAnnounceList(bytes)),
    );
  });
  // The file may have changed while it was read. Better refused here than by every downloader.
  parseMetainfo(metainfo);
  return metainfo;
}

/**
 * @throws {ProtocolError} METAINFO_INVALID, also when the infohash is not the one that was asked
 * for
 */
export async function readMetainfo(
  metainfo: Uint8Array,
  infoHash: InfoHash,
): Promise<{ readonly parsed: ParsedTorrent; readonly isSingleFile: boolean }> {
  const valid = parseMetainfo(metainfo);
  if (valid.infoHash !== infoHash) {
    throw new ProtocolError(
      "METAINFO_INVALID",
      `not a usable .torrent file: its infohash is ${valid.infoHash}, not the requested ${infoHash}`,
    );
  }
  return { parsed: await parseTorrent(metainfo), isSingleFile: valid.isSingleFile };
}

/**
 * create-torrent always writes an announce list (BEP 12). The authority takes only "announce",
 * since clients would leave its tracker for a list.
 */
function withoutAnnounceList(metainfo: Uint8Array): Uint8Array {
  const { "announce-list": _, ...rest } = bencode.decode(metainfo) as Record<string, unknown>;
  return bencode.encode(rest);
}

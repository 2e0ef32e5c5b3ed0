import bencode from "bencode";
import type { Hex } from "../../protocol/base/bytes.ts";
import { sha1Hex } from "../../protocol/base/hashes.ts";

/** Fewer than a hundred pieces of the largest bundle. */
const PIECE_LENGTH = 256 * 1024;

/**
 * A free torrent of a bundle, unlisted: any BitTorrent client may fetch it through T's tracker, and help to spread it. Not create-torrent, which
 * hashes asynchronously: the torrent is stored in the transaction that stores the bundle.
 */
export function createBundleTorrent(name: Hex, body: Uint8Array, trackerUrl: string) {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < body.length; start += PIECE_LENGTH)
    pieces.push(Buffer.from(sha1Hex(body.subarray(start, start + PIECE_LENGTH)), "hex"));
  const info = {
    length: body.length,
    name: `${name}.jsonl`,
    "piece length": PIECE_LENGTH,
    pieces: Buffer.concat(pieces),
  };
  return {
    infoHash: sha1Hex(bencode.encode(info)),
    title: `Floodgate audit bundle ${name}`,
    sizeBytes: body.length,
    pieceLength: PIECE_LENGTH,
    pieceCount: pieces.length,
    pricePerGiB: "0",
    isListed: 0,
    metainfo: bencode.encode({ announce: trackerUrl, info }),
  };
}

/** The same torrent with HTTP addresses of the file (BEP 19), none of which ends in a slash. */
export function withWebSeeds(metainfo: Uint8Array, urls: readonly string[]): Uint8Array {
  return bencode.encode({ ...(bencode.decode(metainfo) as object), "url-list": urls });
}

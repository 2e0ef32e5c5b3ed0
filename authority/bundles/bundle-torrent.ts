import bencode from "bencode";
import type { Hex } from "../../protocol/base/bytes.ts";
import { sha1Hex } from "../../protocol/base/hashes.ts";

/** The largest bundle then has fewer than a hundred pieces. */
const PIECE_LENGTH = 256 * 1024;

/**
 * A free and unlisted torrent of a bundle. Any BitTorrent client may fetch it through the
 * authority's tracker, and help to spread it. create-torrent would not do: it hashes
 * asynchronously, and the store transaction that stores the bundle must not wait.
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

/** Adds HTTP addresses of the file (BEP 19) to the torrent. None of `urls` may end in a slash. */
export function withWebSeeds(metainfo: Uint8Array, urls: readonly string[]): Uint8Array {
  return bencode.encode({ ...(bencode.decode(metainfo) as object), "url-list": urls });
}

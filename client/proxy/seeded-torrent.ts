import bencode from "bencode";
import { ProtocolError } from "../../protocol/base/errors.ts";
import { decodeBencode, isDictionary } from "../../protocol/bittorrent/bencode.ts";
import { MAX_METAINFO_VALUES } from "../../protocol/bittorrent/metainfo.ts";

/**
 * The .torrent file of a content with a web seed (BEP 19), and without a tracker: plain clients
 * cannot pay the peers that it would name. `info`, and so the infohash, stays byte for byte.
 * @throws {ProtocolError} METAINFO_INVALID
 */
export function withWebSeed(metainfo: Uint8Array, url: string): Uint8Array {
  const root = decodeBencode(metainfo, true, MAX_METAINFO_VALUES);
  const info = isDictionary(root) ? root.entries.get("info") : undefined;
  if (!isDictionary(info)) throw new ProtocolError("METAINFO_INVALID", "it has no info dictionary");
  return Buffer.concat([Buffer.from("d4:info"), info.bytes, Buffer.from("8:url-list"), bencode.encode([url]), END]);
}

const END = Buffer.from("e");

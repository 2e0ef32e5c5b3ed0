import { hexToBytes } from "../../../protocol/base/bytes.ts";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import { type Bencoded, decodeBencode, isDictionary } from "../../../protocol/bittorrent/bencode.ts";
import { ANNOUNCE_REPLY_KEY } from "../../../protocol/wire/announce.ts";

/** One HTTP announce and its reply (BEP 3, BEP 7, BEP 23, docs/protocol.md 6.1 and 6.2). */

export type AnnounceEvent = "started" | "completed" | "stopped" | "update";

export interface AnnounceQuery {
  readonly infoHash: InfoHash;
  /** 20 bytes (BEP 20). */
  readonly torrentPeerId: Uint8Array;
  readonly port: number;
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
  readonly event: AnnounceEvent;
  readonly numwant: number;
  /** Query fields of ANNOUNCE_KEYS. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface AnnouncedPeer {
  /** IP address; from a list of dictionaries it may be any text. */
  readonly host: string;
  readonly port: number;
}

export type AnnounceReply =
  | { readonly type: "failure"; readonly reason: string }
  | {
      readonly type: "peers";
      readonly intervalSec: number | null;
      readonly peers: readonly AnnouncedPeer[];
      /** Text under ANNOUNCE_REPLY_KEY, unchecked. */
      readonly grant: string | null;
    };

export function encodeAnnounceUrl(trackerUrl: string, query: AnnounceQuery): string {
  const binary = (bytes: Uint8Array): string =>
    [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const fields: [string, string][] = [
    ["info_hash", binary(hexToBytes(query.infoHash))],
    ["peer_id", binary(query.torrentPeerId)],
    ["port", String(query.port)],
    ["uploaded", String(query.uploaded)],
    ["downloaded", String(query.downloaded)],
    ["left", String(query.left)],
    ["compact", "1"],
    ["numwant", String(query.numwant)],
  ];
  if (query.event !== "update") fields.push(["event", query.event]);
  for (const [key, value] of Object.entries(query.extra)) fields.push([key, encodeURIComponent(value)]);
  const text = fields.map(([key, value]) => `${key}=${value}`).join("&");
  return `${trackerUrl}${trackerUrl.includes("?") ? "&" : "?"}${text}`;
}

/** Null for anything that is not an announce reply. */
export function decodeAnnounceReply(body: Uint8Array): AnnounceReply | null {
  const reply = decode(body);
  if (!isDictionary(reply)) return null;
  const reason = reply.entries.get("failure reason");
  if (reason instanceof Uint8Array) return { type: "failure", reason: text(reason) };
  const interval = reply.entries.get("interval");
  const grant = reply.entries.get(ANNOUNCE_REPLY_KEY);
  return {
    type: "peers",
    intervalSec: typeof interval === "bigint" && interval > 0n ? Number(interval) : null,
    peers: [...decodePeers(reply.entries.get("peers")), ...compactPeers(reply.entries.get("peers6"), 16)],
    grant: grant instanceof Uint8Array ? text(grant) : null,
  };
}

function decode(body: Uint8Array): Bencoded | undefined {
  try {
    return decodeBencode(body, false);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function decodePeers(value: Bencoded | undefined): AnnouncedPeer[] {
  if (!Array.isArray(value)) return compactPeers(value, 4);
  return value.flatMap((peer: Bencoded) => {
    if (!isDictionary(peer)) return [];
    const [ip, port] = [peer.entries.get("ip"), peer.entries.get("port")];
    if (!(ip instanceof Uint8Array) || typeof port !== "bigint") return [];
    return [{ host: text(ip), port: Number(port) }];
  });
}

/** BEP 23 (4 address bytes), BEP 7 (16), each followed by a port. */
function compactPeers(value: Bencoded | undefined, addressBytes: 4 | 16): AnnouncedPeer[] {
  if (!(value instanceof Uint8Array) || value.length % (addressBytes + 2) !== 0) return [];
  const peers: AnnouncedPeer[] = [];
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  for (let at = 0; at < value.length; at += addressBytes + 2) {
    const port = view.getUint16(at + addressBytes);
    if (addressBytes === 4) {
      peers.push({ host: value.subarray(at, at + 4).join("."), port });
    } else {
      const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16));
      peers.push({ host: groups.join(":"), port });
    }
  }
  return peers;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

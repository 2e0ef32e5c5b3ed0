import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { type Announce, parseAnnounceFields, parseBytesLeft, parseEvent, parseWanted } from "../core/announce.ts";

/**
 * What a WebSocket may send (docs/protocol.md 6.3), as WebTorrent's trackers take it: JSON, with
 * binary values as texts of which each character is a byte.
 */

const Bytes20 = Type.String({ minLength: 20, maxLength: 20 });
const MAX_OFFERS = 50;
const MAX_SCRAPE = 64;

const AnnounceSchema = Type.Object({
  action: Type.Literal("announce"),
  info_hash: Bytes20,
  peer_id: Bytes20,
  offers: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Array(Type.Object({ offer: Type.Object({}), offer_id: Type.String({ maxLength: 64 }) }), {
        maxItems: MAX_OFFERS,
      }),
    ]),
  ),
});

const AnswerSchema = Type.Object({
  action: Type.Literal("announce"),
  info_hash: Bytes20,
  answer: Type.Object({}),
  offer_id: Type.String({ maxLength: 64 }),
});

const ScrapeSchema = Type.Object({
  action: Type.Literal("scrape"),
  info_hash: Type.Union([Bytes20, Type.Array(Bytes20, { minItems: 1, maxItems: MAX_SCRAPE })]),
});

type Offers = NonNullable<Static<typeof AnnounceSchema>["offers"]>;

export type Message =
  | { readonly type: "announce"; readonly announce: Announce; readonly offers: Offers }
  | ({ readonly type: "answer" } & Pick<Static<typeof AnswerSchema>, "info_hash" | "offer_id" | "answer">)
  | { readonly type: "scrape"; readonly infoHashes: readonly InfoHash[] };

/**
 * Null for a message that closes the socket.
 * @throws {ProtocolError} ANNOUNCE_INVALID: a field of a well-formed announce is wrong
 */
export function parseMessage(text: string): Message | null {
  const value = parseJson(text);
  if (Value.Check(AnswerSchema, value)) {
    const { info_hash, offer_id, answer } = value;
    return { type: "answer", info_hash, offer_id, answer };
  }
  if (Value.Check(AnnounceSchema, value)) return announceOf(value);
  if (!Value.Check(ScrapeSchema, value)) return null;
  const hashes = [value.info_hash].flat().map(hexOf);
  return hashes.includes(null) ? null : { type: "scrape", infoHashes: hashes as InfoHash[] };
}

function announceOf(value: Static<typeof AnnounceSchema>): Message | null {
  const params = value as Static<typeof AnnounceSchema> & Readonly<Record<string, unknown>>;
  const infoHash = hexOf(value.info_hash);
  const peerId = bytesOf(value.peer_id);
  if (infoHash === null || peerId === null) return null;
  const announce = {
    infoHash,
    peerId,
    port: 0,
    bytesLeft: parseBytesLeft(params.left),
    event: parseEvent(params.event),
    wanted: parseWanted(params.numwant),
    ...parseAnnounceFields(params),
  };
  return { type: "announce", announce, offers: value.offers ?? [] };
}

/** Each character a byte; null when one is none. */
function bytesOf(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return null;
    bytes[i] = code;
  }
  return bytes;
}

function hexOf(text: string): InfoHash | null {
  const bytes = bytesOf(text);
  return bytes === null ? null : Buffer.from(bytes).toString("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No schema allows undefined.
    return undefined;
  }
}

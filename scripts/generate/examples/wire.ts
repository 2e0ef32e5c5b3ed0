import bencode from "bencode";
import { signAllotmentRequest } from "../../../client/payment/payer/allotment-request.ts";
import { encodeAnnounceUrl } from "../../../client/torrent/announce/announce-codec.ts";
import { useWireExtension } from "../../../client/torrent/wire/wire-extension.ts";
import { bytesToHex, concatBytes } from "../../../protocol/base/bytes.ts";
import { MAX_REQUEST_BYTES, WIRE_EXTENSION } from "../../../protocol/base/constants.ts";
import { publicKeyOf, SIGNATURE_BYTES } from "../../../protocol/base/secp256k1.ts";
import { allotmentToJson } from "../../../protocol/signed/allotment-json.ts";
import { ANNOUNCE_REPLY_KEY, type AnnounceGrant } from "../../../protocol/wire/announce.ts";
import { encodeMessage, type Message } from "../../../protocol/wire/voucher-stream.ts";
import { layOut, type Part, toJson } from "./layout.ts";
import {
  ALICE_SESSION,
  AMOUNT,
  BOB,
  INFO_HASH,
  keyOf,
  SEPARATOR,
  SIGNED_ALLOTMENT,
  voucherOf,
  WIRE_TOKEN,
} from "./people.ts";
import { ALLOTMENT_REQUEST } from "./signed.ts";

const LANE: Part = ["lane", 4];
const AMOUNT_PART: Part = ["amount", 12];
const SIGNATURE: Part = ["signature", SIGNATURE_BYTES];
const WINDOW: Part = ["window", 4];
const CONTENT: Part = ["infoHash", 20];

const OFFER: readonly Part[] = [
  ["payer", 20],
  ["payee", 20],
  ["sessionKey", 20],
  ["payeeKey", 20],
  LANE,
  ["cap", 12],
  ["pricePerGiB", 12],
  ["credit", 4],
  CONTENT,
  ["expiresAt", 5],
  SIGNATURE,
  ["wire token", WIRE_TOKEN.length],
];

/** Each message of the voucher stream, framed. */
export function streamExamples(): Record<string, string> {
  const { signature } = voucherOf(7, AMOUNT);
  const windowBytes = 524_288;
  return {
    "message-offer": framed({ type: "offer", allotment: SIGNED_ALLOTMENT, wireToken: WIRE_TOKEN }, OFFER),
    "message-accept": framed({ type: "accept", lane: 7, windowBytes, amount: AMOUNT, signature }, [
      LANE,
      WINDOW,
      AMOUNT_PART,
      SIGNATURE,
    ]),
    "message-voucher": framed({ type: "voucher", lane: 7, amount: AMOUNT, signature }, [LANE, AMOUNT_PART, SIGNATURE]),
    "message-acknowledgement": framed({ type: "ack", lane: 7, amount: AMOUNT, windowBytes }, [
      LANE,
      AMOUNT_PART,
      WINDOW,
    ]),
    "message-refuse": framed({ type: "refuse", lane: 7, reason: "LANE_CLOSED" }, [LANE, ["reason", 1]]),
    "message-closed": framed({ type: "closed", lane: 7 }, [LANE]),
    "message-bad": framed({ type: "bad", infoHash: INFO_HASH, piece: 41 }, [CONTENT, ["piece", 4]]),
    "message-done": framed({ type: "done", infoHash: INFO_HASH }, [CONTENT]),
  };
}

function framed(message: Message, parts: readonly Part[]): string {
  const bytes = encodeMessage(message);
  const length = varint(bytes.length);
  return layOut(concatBytes(length, bytes), [["frame length", length.length], ["type", 1], ...parts]);
}

/** Unsigned varint (LEB128) of a length below 2^14. */
function varint(value: number): Uint8Array {
  return value < 128 ? Uint8Array.of(value) : Uint8Array.of(128 + (value % 128), Math.floor(value / 128));
}

/** Alice's entry in the BEP 10 handshake, Bob's announce, and what he is told. */
export function announceExamples(): Record<string, string> {
  return {
    "wire-handshake": wireHandshake(),
    "announce-request": announceRequest(),
    "announce-grant": toJson(ANNOUNCE_GRANT),
    "announce-reply": announceReply(),
  };
}

/** As webtorrent sends it, bencoded. */
function wireHandshake(): string {
  const wire = { extendedHandshake: {} as Record<string, unknown>, use: () => undefined };
  const local = { token: WIRE_TOKEN, port: 4002, sessionKey: ALICE_SESSION, maxRequestBytes: MAX_REQUEST_BYTES };
  useWireExtension(wire as unknown as Parameters<typeof useWireExtension>[0], local, () => undefined);
  return bytesToHex(bencode.encode({ [WIRE_EXTENSION]: wire.extendedHandshake[WIRE_EXTENSION] })).slice(2);
}

/** One seeder, seen at 203.0.113.7:4001; bytes that are no text are written %XX. */
function announceReply(): string {
  const grant = JSON.stringify(ANNOUNCE_GRANT);
  const peers = Uint8Array.of(203, 0, 113, 7, 0x0f, 0xa1);
  const counts = { complete: 1, incomplete: 1 };
  const reply = { ...counts, [ANNOUNCE_REPLY_KEY]: grant, interval: 60, "min interval": 5, peers };
  const text = [...bencode.encode(reply)]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`))
    .join("");
  return text.replace(grant, "GRANT");
}

const ANNOUNCE_GRANT: AnnounceGrant = {
  now: 1_899_999_881,
  account: BOB,
  lanes: [
    {
      allotment: allotmentToJson(SIGNED_ALLOTMENT),
      payeePublicKey: bytesToHex(publicKeyOf(keyOf("alice session"))),
      payeeHost: "203.0.113.7",
      payeePort: 4002,
    },
  ],
  shortage: null,
};

/** One query field a line. */
function announceRequest(): string {
  const extra = {
    fg_token: "ANNOUNCE_TOKEN",
    fg_port: "4002",
    ...signAllotmentRequest(SEPARATOR, ALLOTMENT_REQUEST, keyOf("bob session")),
  };
  const url = encodeAnnounceUrl("http://tracker.example/announce", {
    infoHash: INFO_HASH,
    torrentPeerId: new TextEncoder().encode("-FG0001-0123456789ab"),
    port: 4001,
    uploaded: 0,
    downloaded: 0,
    left: ALLOTMENT_REQUEST.bytesLeft,
    event: "update",
    numwant: 50,
    extra,
  });
  return `GET ${url.replaceAll("&", "\n  &")}`;
}

import { bytesToHex, concatBytes, hexToBytes, readUint, writeUint } from "../base/bytes.ts";
import { WIRE_TOKEN_BYTES } from "../base/constants.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Address, InfoHash } from "../base/ids.ts";
import { SIGNATURE_BYTES, type Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import type { SignedAllotment } from "../signed/allotment.ts";
import { REFUSALS } from "./refusals.ts";

/**
 * The voucher stream: each message is one length-prefixed frame (unsigned varint, at most
 * MAX_MESSAGE_BYTES), a type byte and fixed fields, big-endian. The payer sends offer, voucher,
 * bad, done; the payee accept, refuse, ack, closed.
 */
export type Message = PayerMessage | PayeeMessage;

export type PayerMessage =
  /** "This lane pays for the wire that carries this token." */
  | { readonly type: "offer"; readonly allotment: SignedAllotment; readonly wireToken: Uint8Array }
  /** "You may take `amount` in total on this lane." */
  | { readonly type: "voucher"; readonly lane: number; readonly amount: Amount; readonly signature: Signature }
  /** "This piece failed its hash; I shall not pay it." */
  | { readonly type: "bad"; readonly infoHash: InfoHash; readonly piece: number }
  /** "I ask for nothing more on this content": the payee closes its lanes. */
  | { readonly type: "done"; readonly infoHash: InfoHash };

export type PayeeMessage =
  /**
   * Stored total and last voucher (64 zero bytes when the total is 0), so that both sides recover
   * from lost data.
   */
  | {
      readonly type: "accept";
      readonly lane: number;
      readonly windowBytes: number;
      readonly amount: Amount;
      readonly signature: Signature;
    }
  /** `until`: when a ban ends, seconds since 1970; BANNED only. */
  | { readonly type: "refuse"; readonly lane: number; readonly reason: RefuseReason; readonly until?: number }
  /** The voucher is stored durably; the window may have grown. */
  | { readonly type: "ack"; readonly lane: number; readonly amount: Amount; readonly windowBytes: number }
  /** The payee takes no more vouchers on this lane. */
  | { readonly type: "closed"; readonly lane: number };

export type RefuseReason = keyof typeof REFUSALS;

const REASON_OF_CODE = new Map(
  Object.entries(REFUSALS).map(([reason, { code }]): [number, RefuseReason] => [code, reason as RefuseReason]),
);

const ALLOTMENT_BYTES = 137;
const OFFER_BYTES = 1 + ALLOTMENT_BYTES + SIGNATURE_BYTES + WIRE_TOKEN_BYTES;
export const MAX_MESSAGE_BYTES = OFFER_BYTES;

const CODES = { offer: 1, accept: 2, refuse: 3, voucher: 4, ack: 5, bad: 6, done: 7, closed: 8 } as const;
const REFUSE_BYTES = 1 + 4 + 1;
/** With the end of a ban. */
const REFUSE_UNTIL_BYTES = REFUSE_BYTES + 5;
const LENGTHS = new Map<number, number>([
  [CODES.offer, OFFER_BYTES],
  [CODES.accept, 1 + 4 + 4 + 12 + SIGNATURE_BYTES],
  [CODES.refuse, REFUSE_BYTES],
  [CODES.voucher, 1 + 4 + 12 + SIGNATURE_BYTES],
  [CODES.ack, 1 + 4 + 12 + 4],
  [CODES.bad, 1 + 20 + 4],
  [CODES.done, 1 + 20],
  [CODES.closed, 1 + 4],
]);

export function encodeMessage(message: Message): Uint8Array {
  const code = Uint8Array.of(CODES[message.type]);
  switch (message.type) {
    case "offer":
      return concatBytes(code, encodeAllotment(message.allotment), message.allotment.signature, message.wireToken);
    case "accept":
      return concatBytes(
        code,
        uint(message.lane, 4),
        uint(message.windowBytes, 4),
        uint(message.amount, 12),
        message.signature,
      );
    case "refuse":
      return concatBytes(
        code,
        uint(message.lane, 4),
        uint(REFUSALS[message.reason].code, 1),
        ...(message.until === undefined ? [] : [uint(message.until, 5)]),
      );
    case "voucher":
      return concatBytes(code, uint(message.lane, 4), uint(message.amount, 12), message.signature);
    case "ack":
      return concatBytes(code, uint(message.lane, 4), uint(message.amount, 12), uint(message.windowBytes, 4));
    case "bad":
      return concatBytes(code, hexToBytes(message.infoHash), uint(message.piece, 4));
    case "done":
      return concatBytes(code, hexToBytes(message.infoHash));
    case "closed":
      return concatBytes(code, uint(message.lane, 4));
  }
}

/**
 * Checks shape only: signatures, lanes and amounts are the ledgers' business.
 * @throws {ProtocolError} MESSAGE_INVALID
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const code = bytes[0] ?? 0;
  const isBan = code === CODES.refuse && bytes.length === REFUSE_UNTIL_BYTES && bytes[5] === REFUSALS.BANNED.code;
  if (LENGTHS.get(code) !== bytes.length && !isBan) {
    throw new ProtocolError("MESSAGE_INVALID", `voucher stream message of type ${code} and ${bytes.length} bytes`);
  }
  const number = (offset: number, length: number): number => Number(readUint(bytes, offset, length));
  switch (code) {
    case CODES.offer: {
      const signatureAt = 1 + ALLOTMENT_BYTES;
      const tokenAt = signatureAt + SIGNATURE_BYTES;
      return { type: "offer", allotment: decodeAllotment(bytes.subarray(1, tokenAt)), wireToken: bytes.slice(tokenAt) };
    }
    case CODES.accept:
      return {
        type: "accept",
        lane: number(1, 4),
        windowBytes: number(5, 4),
        amount: readUint(bytes, 9, 12),
        signature: bytes.slice(21),
      };
    case CODES.refuse: {
      const reason = REASON_OF_CODE.get(number(5, 1));
      if (reason === undefined) throw new ProtocolError("MESSAGE_INVALID", `unknown refuse reason ${number(5, 1)}`);
      return { type: "refuse", lane: number(1, 4), reason, ...(isBan ? { until: number(6, 5) } : {}) };
    }
    case CODES.voucher:
      return { type: "voucher", lane: number(1, 4), amount: readUint(bytes, 5, 12), signature: bytes.slice(17) };
    case CODES.ack:
      return { type: "ack", lane: number(1, 4), amount: readUint(bytes, 5, 12), windowBytes: number(17, 4) };
    case CODES.bad:
      return { type: "bad", infoHash: infoHashAt(bytes, 1), piece: number(21, 4) };
    case CODES.done:
      return { type: "done", infoHash: infoHashAt(bytes, 1) };
    default:
      return { type: "closed", lane: number(1, 4) };
  }
}

/**
 * 137 bytes: payer 20, payee 20, sessionKey 20, payeeKey 20, lane 4, cap 12, pricePerGiB 12, credit
 * 4, infoHash 20, expiresAt 5.
 */
function encodeAllotment(allotment: SignedAllotment): Uint8Array {
  return concatBytes(
    hexToBytes(allotment.payer),
    hexToBytes(allotment.payee),
    hexToBytes(allotment.sessionKey),
    hexToBytes(allotment.payeeKey),
    uint(allotment.lane, 4),
    uint(allotment.cap, 12),
    uint(allotment.pricePerGiB, 12),
    uint(allotment.credit, 4),
    hexToBytes(allotment.infoHash),
    uint(allotment.expiresAt, 5),
  );
}

function decodeAllotment(bytes: Uint8Array): SignedAllotment {
  const address = (offset: number): Address => bytesToHex(bytes.subarray(offset, offset + 20));
  return {
    payer: address(0),
    payee: address(20),
    sessionKey: address(40),
    payeeKey: address(60),
    lane: Number(readUint(bytes, 80, 4)),
    cap: readUint(bytes, 84, 12),
    pricePerGiB: readUint(bytes, 96, 12),
    credit: Number(readUint(bytes, 108, 4)),
    infoHash: infoHashAt(bytes, 112),
    expiresAt: Number(readUint(bytes, 132, 5)),
    signature: bytes.slice(ALLOTMENT_BYTES, ALLOTMENT_BYTES + SIGNATURE_BYTES),
  };
}

function infoHashAt(bytes: Uint8Array, offset: number): InfoHash {
  return bytesToHex(bytes.subarray(offset, offset + 20)).slice(2);
}

function uint(value: bigint | number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  writeUint(bytes, 0, length, value);
  return bytes;
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { REFUSALS } from "../../../protocol/wire/refusals.ts";
import {
  decodeMessage,
  encodeMessage,
  MAX_MESSAGE_BYTES,
  type Message,
  type RefuseReason,
} from "../../../protocol/wire/voucher-stream.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const address = bytes(20).map((raw): Hex => bytesToHex(raw));
const infoHash = bytes(20).map((raw) => bytesToHex(raw).slice(2));
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const uint96 = fc.bigInt(0n, 2n ** 96n - 1n);
const signature = bytes(64);
const allotment = fc.record({
  payer: address,
  payee: address,
  sessionKey: address,
  payeeKey: address,
  lane: uint32,
  cap: uint96,
  pricePerGiB: uint96,
  credit: uint32,
  infoHash,
  expiresAt: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  signature,
});
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: fc.constant("offer" as const), allotment, wireToken: bytes(16) }),
  fc.record({ type: fc.constant("accept" as const), lane: uint32, windowBytes: uint32, amount: uint96, signature }),
  fc.record({
    type: fc.constant("refuse" as const),
    lane: uint32,
    reason: fc.constantFrom(...(Object.keys(REFUSALS) as RefuseReason[])),
  }),
  fc.record({
    type: fc.constant("refuse" as const),
    lane: uint32,
    reason: fc.constant("BANNED" as const),
    until: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  }),
  fc.record({ type: fc.constant("voucher" as const), lane: uint32, amount: uint96, signature }),
  fc.record({ type: fc.constant("ack" as const), lane: uint32, amount: uint96, windowBytes: uint32 }),
  fc.record({ type: fc.constant("bad" as const), infoHash, piece: uint32 }),
  fc.record({ type: fc.constant("done" as const), infoHash }),
  fc.record({ type: fc.constant("closed" as const), lane: uint32 }),
);

describe("voucher stream messages", () => {
  test("every message survives encoding and decoding", () => {
    fc.assert(
      fc.property(message, (value) => {
        const frame = encodeMessage(value);
        expect(frame.length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        expect(decodeMessage(frame)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test("random bytes decode or throw ProtocolError, nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (frame) => {
        try {
          expect(encodeMessage(decodeMessage(frame))).toEqual(frame);
        } catch (error) {
          expect(error).toMatchObject({ name: "ProtocolError", code: "MESSAGE_INVALID" });
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a frame one byte short or long is refused", () => {
    const frame = encodeMessage({ type: "closed", lane: 5 });

    expect(bytesToHex(frame)).toBe("0x0800000005");
    for (const wrong of [frame.subarray(0, 4), Uint8Array.of(...frame, 0), new Uint8Array()]) {
      expect(() => decodeMessage(wrong)).toThrow(expect.objectContaining({ code: "MESSAGE_INVALID" }));
    }
  });
});

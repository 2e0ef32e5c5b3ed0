import { expect, test } from "vitest";
import { listUnacked } from "../../../../client/payment/payer/payer-ledger.ts";
import {
  addLane,
  listLanesToOffer,
  openPayerPair,
  type PayerPair,
  streamClosed,
} from "../../../../client/payment/payer/payer-pair.ts";
import { type Received, received } from "../../../../client/payment/payer/receive.ts";
import type { PayeeMessage, RefuseReason } from "../../../../protocol/wire/voucher-stream.ts";
import { allotment, CLOCK, KEY, PIECE, SESSION, separator } from "../ledger-pair.ts";

const granted = addLane(openPayerPair(KEY, null, [], SESSION), allotment(1, 4));
const accept = { type: "accept", lane: 1, windowBytes: PIECE, amount: 0n, signature: new Uint8Array(64) } as const;
const receive = (pair: PayerPair, message: PayeeMessage): Received | null => received(pair, message, separator);
const stateOf = (answer: Received | null) => answer?.pair.lanes[0]?.state;

test("an accepted lane is open, and a closed one ended", () => {
  const answer = receive(granted, accept);
  expect(stateOf(answer)).toBe("open");
  expect(answer).toMatchObject({ adopted: null, refusal: null, pair: { windowBytes: PIECE } });
  expect(stateOf(receive(granted, { type: "closed", lane: 1 }))).toBe("ended");
});

test("an acknowledgement tells the window", () => {
  const answer = receive(granted, { type: "ack", lane: 1, amount: 0n, windowBytes: 3 * PIECE });
  expect(answer?.pair.windowBytes).toBe(3 * PIECE);
});

test.each<[RefuseReason, string | undefined, RefuseReason | null | undefined]>([
  ["WIRE_UNKNOWN", undefined, undefined],
  ["BUSY", undefined, undefined],
  ["EXPIRED", "ended", null],
  ["LANE_CLOSED", "ended", null],
  ["BANNED", "granted", "BANNED"],
  ["SENT_TOO_OFTEN", "granted", "SENT_TOO_OFTEN"],
  ["PRICE_TOO_LOW", "ended", "PRICE_TOO_LOW"],
])("%s: the lane is %s, and the payee is given up for %s", (reason, state, refusal) => {
  const answer = receive(granted, { type: "refuse", lane: 1, reason });
  expect(stateOf(answer)).toBe(state);
  expect(answer?.refusal?.reason ?? answer?.refusal).toBe(refusal);
});

test("a refusal says until when the payer is banned", () => {
  const answer = receive(granted, { type: "refuse", lane: 1, reason: "BANNED", until: 2_000_000_000 });
  expect(answer?.refusal).toEqual({ reason: "BANNED", until: 2_000_000_000 });
});

const signed = {
  ...granted,
  lanes: granted.lanes.map((lane) => ({ ...lane, signed: 10n, signature: new Uint8Array(64) })),
};

test.each<[string, PayeeMessage]>([
  ["closed by the payee", { type: "closed", lane: 1 }],
  ["refused as closed", { type: "refuse", lane: 1, reason: "LANE_CLOSED" }],
])("a lane that is %s is offered until its payee has the last voucher", (_how, message) => {
  const closed = receive(signed, message)?.pair as PayerPair;
  expect(closed.lanes[0]?.state).toBe("closed");
  expect(listLanesToOffer(streamClosed(closed), CLOCK)).toHaveLength(1);
  expect(listUnacked(closed)).toMatchObject([{ lane: 1, amount: 10n }]);
  const done = receive(closed, { type: "ack", lane: 1, amount: 10n, windowBytes: PIECE })?.pair as PayerPair;
  expect(done.lanes[0]?.state).toBe("ended");
  expect(listLanesToOffer(done, CLOCK)).toEqual([]);
});

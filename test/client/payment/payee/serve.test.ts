import { expect, test } from "vitest";
import { createCreditPool } from "../../../../client/payment/payee/credit-pools.ts";
import { lanesChanged, openPayeeLedger } from "../../../../client/payment/payee/payee-ledger.ts";
import { PieceSends } from "../../../../client/payment/payee/piece-sends.ts";
import { judgeBlock } from "../../../../client/payment/payee/serve.ts";
import type { PayeeLaneRecord } from "../../../../client/store/records.ts";
import { MAX_BLOCK_SENDS } from "../../../../protocol/base/constants.ts";
import { allotment, KEY, PIECE, SESSION } from "../ledger-pair.ts";

const BLOCK = 16_384;
const lane: PayeeLaneRecord = {
  allotment: allotment(1, 100),
  amount: 0n,
  signature: null,
  isClosed: false,
  receipt: null,
  isFinal: false,
  pushRefusal: null,
};
const init = { ...KEY, account: lane.allotment.payer, sessionKey: SESSION, pieceLength: PIECE, defaults: 0 };
const newcomer = openPayeeLedger({ ...init, lanes: [] });
const accepted = lanesChanged(newcomer, [lane], () => true, 0);
const FULL = { ...createCreditPool(PIECE), debtBytes: PIECE };

const blockOf = (piece: number, offset = 0, length = BLOCK) => ({ piece, pieceBytes: PIECE, offset, length });
/** Piece 0 is begun; its second block was sent as often as it may be. */
function startedSends(): PieceSends {
  const sends = new PieceSends();
  for (let time = 0; time < MAX_BLOCK_SENDS; time++) sends.record(0, PIECE, BLOCK, BLOCK, 0);
  return sends;
}

test.each([
  ["within the window", "serve", { block: blockOf(1) }],
  ["without a slot", "no-slot", { block: blockOf(1), hasSlot: false }],
  ["while the account or the process is owed enough", "pool-full", { block: blockOf(1), pools: [FULL] }],
  ["without a lane that takes vouchers", "no-lane", { block: blockOf(1), ledger: newcomer }],
  ["beyond the window", "window-full", { block: blockOf(1), ledger: { ...accepted, begunBytes: PIECE } }],
  ["beyond its end", "refuse", { block: blockOf(1, PIECE - BLOCK, BLOCK + 1) }],
] as const)("a new piece %s: %s", (_when, verdict, change) => {
  const { block, hasSlot, ...state } = { hasSlot: true, ledger: accepted, pools: [], ...change };
  expect(judgeBlock({ ...state, sends: startedSends() }, block, hasSlot)).toBe(verdict);
});

test("a begun piece goes on without a slot, a lane, or room in any limit, but no block goes out too often", () => {
  const ledger = { ...newcomer, begunBytes: 10 * PIECE };
  const state = { ledger, sends: startedSends(), pools: [FULL] };
  expect(judgeBlock(state, blockOf(0), false)).toBe("serve");
  expect(judgeBlock(state, blockOf(0, BLOCK), false)).toBe("refuse");
});

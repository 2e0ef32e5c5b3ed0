import { expect, test } from "vitest";
import { checkOffer } from "../../../../client/payment/reports/statement-policy.ts";
import type { PayerLaneRecord } from "../../../../client/store/records.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import type { StatementOffer } from "../../../../protocol/http/payments.ts";
import { allotmentOf } from "../../store/allotments.ts";

const OTHER: Address = `0x${"99".repeat(20)}`;
const { payer, payee, sessionKey } = allotmentOf(1);
const own = { account: payer, sessionKey };
/**
 * On lane 1 up to 500 were signed, on lane 2 up to 700, on lane 3 nothing; lane 4 is of an earlier
 * session.
 */
const lanes = new Map<number, PayerLaneRecord>([
  [1, { allotment: allotmentOf(1), amount: 500n, signature: new Uint8Array(64) }],
  [2, { allotment: allotmentOf(2), amount: 700n, signature: new Uint8Array(64) }],
  [3, { allotment: allotmentOf(3), amount: 0n, signature: null }],
  [4, { allotment: { ...allotmentOf(4), sessionKey: OTHER }, amount: 700n, signature: new Uint8Array(64) }],
]);
const check = (offer: StatementOffer) => checkOffer(offer, own, (lane) => lanes.get(lane) ?? null);
const good: StatementOffer["lanes"] = [
  { payee, lane: 1, amount: "500" },
  { payee, lane: 2, amount: "699" },
];
type Lane = StatementOffer["lanes"][number];

test.each<[string, Partial<Lane>]>([
  ["a unit more than was signed", { amount: "701" }],
  ["nothing", { amount: "0" }],
  ["another payee", { payee: OTHER }],
  ["a lane on which nothing was signed", { lane: 3, amount: "1" }],
  ["a lane of an earlier session", { lane: 4 }],
  ["a lane that this home does not know", { lane: 5 }],
  ["the same lane twice", { lane: 1, amount: "500" }],
])("an offer with %s is refused as a whole", (_name, change) => {
  const lanes = [good[0] as Lane, { ...(good[1] as Lane), ...change }];
  expect(() => check({ payer, lanes })).toThrow(expect.objectContaining({ code: "STATEMENT_WRONG" }));
});

test("an offer for another payer is refused", () => {
  expect(() => check({ payer: OTHER, lanes: good })).toThrow(expect.objectContaining({ code: "STATEMENT_WRONG" }));
});

test("an offer with descending lanes is refused", () => {
  const offer = { payer, lanes: good.toReversed() };
  expect(() => check(offer)).toThrow(expect.objectContaining({ code: "STATEMENT_WRONG" }));
});

test("an offer that agrees with the ledger is signed as it is", () => {
  expect(check({ payer, lanes: good })).toEqual({
    payer,
    lanes: [
      { payee, lane: 1, amount: 500n },
      { payee, lane: 2, amount: 699n },
    ],
  });
});

import { id, type Log } from "ethers";
import { expect, test } from "vitest";
import { decodeCalls } from "../../../audit/chain/decode-calls.ts";
import { decodeEvent } from "../../../audit/chain/decode-events.ts";
import { FLOODGATE } from "../../../audit/facts/abi.ts";

const SENDER = "0x5757575757575757575757575757575757575757";
const ID = `0x${"1d".repeat(32)}`;
const CLAIM_SELECTOR = FLOODGATE.getFunction("claim")?.selector ?? "";

const encode = (name: string, ...args: readonly unknown[]): string => FLOODGATE.encodeFunctionData(name, args);

const ALLOTMENT = [SENDER, SENDER, SENDER, SENDER, 7, 10n, 1n, 1, `0x${"ab".repeat(20)}`, 9];
const claim = encode("claim", ALLOTMENT, "0x", 5n, "0x");

test("deposits of one call are listed one by one, with their numbers", () => {
  const deposits = [
    [SENDER, 1n, ID],
    [SENDER, 2n, `0x${"0".repeat(64)}`],
  ];
  expect(decodeCalls(SENDER, encode("depositForMany", deposits))).toEqual(
    deposits.map(([account, amount, number]) => ({ kind: "depositFor", sender: SENDER, account, amount, id: number })),
  );
});

test("claims of one call are listed with their places, also within a multicall", () => {
  const many = encode("claimMany", [claim, claim]);
  const calls = decodeCalls(SENDER, encode("multicall", [many, claim]));
  expect(calls.map((call) => call.kind === "claim" && [call.index, call.allotment.lane, call.amount])).toEqual([
    [0, 7, 5n],
    [1, 7, 5n],
    [null, 7, 5n],
  ]);
});

test("a claim that cannot be read hides no other", () => {
  const calls = decodeCalls(SENDER, encode("claimMany", [`${CLAIM_SELECTOR}00`, claim]));
  expect(calls).toMatchObject([
    { kind: "unreadableClaim", sender: SENDER, index: 0 },
    { kind: "claim", index: 1 },
  ]);
});

function skipped(rows: string): Log {
  const { data, topics } = FLOODGATE.encodeEventLog("RowsSkipped", [3n, rows]);
  return { data, topics } as unknown as Log;
}

test("skipped rows are one fact each, in the order in which they are told", () => {
  expect(decodeEvent(skipped("0x00000001020000010004ffffffff09"))).toEqual([
    { kind: "RowSkipped", batch: 3, row: 1, reason: "STALE" },
    { kind: "RowSkipped", batch: 3, row: 256, reason: "UNCOVERED" },
    { kind: "RowSkipped", batch: 3, row: 2 ** 32 - 1, reason: "UNKNOWN_9" },
  ]);
});

test("skipped rows that are cut short are refused", () => {
  expect(() => decodeEvent(skipped("0x000000010200"))).toThrow(RangeError);
});

test("an event that the audit does not know is no fact", () => {
  expect(decodeEvent({ data: "0x", topics: [id("Unknown()")] } as unknown as Log)).toEqual([]);
});

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

const word = (value: number): string => value.toString(16).padStart(64, "0");

test.each([0, 1, 31, 32, 33, 64, 100])("a batch of %i bytes is read as ethers reads it, in any layout", (size) => {
  const batch = `0x${"a7".repeat(size)}`;
  const data = encode("settle", batch);
  const call = { kind: "settle", sender: SENDER, batch };
  expect(decodeCalls(SENDER, data)).toEqual([call]);
  const [selector, body] = [data.slice(0, 10), data.slice(10 + 64)];
  expect(decodeCalls(SENDER, selector + word(64) + word(1) + body)).toEqual([call]);
  expect(decodeCalls(SENDER, data + word(1))).toEqual([call]);
  expect(decodeCalls(SENDER, `0x${data.slice(2).toUpperCase()}`)).toEqual([call]);
});

test("a batch that is cut short is refused", () => {
  expect(() => [...decodeCalls(SENDER, encode("settle", "0xa7a7").slice(0, -64))]).toThrow("out-of-bounds");
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

const sums = (name: string, entries: readonly string[]): Log => {
  const { data, topics } = FLOODGATE.encodeEventLog(name, [3n, entries]);
  return { data, topics } as unknown as Log;
};

test.each(["Debited", "Credited"])("the sums of %s are read as ethers reads them, in any layout", (kind) => {
  const entry = `0x${SENDER.slice(2)}${"5".padStart(24, "0")}`;
  const fact = { kind, batch: 3, entries: [{ account: SENDER, amount: 5n }] };
  const log = sums(kind, [entry]);
  expect(decodeEvent(log)).toEqual([fact]);
  expect(decodeEvent({ ...log, data: `0x${word(64)}${word(1)}${log.data.slice(66)}` } as Log)).toEqual([fact]);
  expect(decodeEvent({ ...log, data: log.data + word(1) } as Log)).toEqual([fact]);
  const letters = sums(kind, [`0x${"ab".repeat(20)}${"5".padStart(24, "0")}`]);
  expect(decodeEvent({ ...letters, data: `0x${letters.data.slice(2).toUpperCase()}` } as Log)).toEqual(
    decodeEvent(letters),
  );
  expect(decodeEvent(sums(kind, []))).toEqual([{ kind, batch: 3, entries: [] }]);
});

test("sums that are cut short are refused", () => {
  const log = sums("Debited", [`0x${"00".repeat(32)}`]);
  expect(() => decodeEvent({ ...log, data: log.data.slice(0, -64) } as Log)).toThrow("out-of-bounds");
});

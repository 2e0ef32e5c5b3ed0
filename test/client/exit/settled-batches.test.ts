import { encodeFunctionData } from "viem";
import { describe, expect, test } from "vitest";
import { batchesInCall, matchBatches } from "../../../client/exit/settled-batches.ts";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { buildBatch, buildStatementBatch, encodeBatch, hashOutcome } from "../../../protocol/contract/batch.ts";
import { encodeClaim } from "../../../protocol/contract/calls.ts";
import { paidRowsOf } from "../../../protocol/contract/evidence.ts";
import { settleCall } from "../../../scripts/cheats/operator.ts";
import { LANE, PAYEE, PAYER, SIGNATURE } from "./lane.ts";

const multicall = (calls: readonly Hex[]): Hex =>
  encodeFunctionData({ abi: floodgateAbi, functionName: "multicall", args: [calls] });

describe("batches", () => {
  const row = { payer: PAYER, payee: PAYEE, sessionKey: PAYER, signature: SIGNATURE };
  const HEAD = { bundleHash: `0x${"0".repeat(64)}`, validUntil: 2_000 } as const;
  const vouchers = buildBatch(HEAD, [
    { ...row, lane: 1, amount: 10n },
    { ...row, lane: 2, amount: 20n },
  ]);
  const statements = buildStatementBatch(HEAD, [{ ...row, lanes: [{ payee: PAYEE, lane: 3, amount: 30n }] }]);
  const events = (number: number, batch: typeof vouchers, ...skipped: number[]) => {
    const rows = new Set(skipped);
    return { number, outcomeHash: hashOutcome(batch, paidRowsOf(batch, rows)), skipped: rows };
  };

  test("are found in settle, in multicall, and in no other call", () => {
    const [one, two] = [settleCall(vouchers), settleCall(statements)];
    const other = encodeClaim(LANE);
    const both = multicall([other, one, two]);
    const bytes = [vouchers, statements].map((batch) => bytesToHex(encodeBatch(batch)));
    expect(batchesInCall(one)).toEqual(bytes.slice(0, 1));
    expect(batchesInCall(multicall([both]))).toEqual(bytes);
    expect(batchesInCall(other)).toEqual([]);
    expect(batchesInCall("0x12345678")).toEqual([]);
  });

  test("are told apart by the hash of their outcome, whatever order they come in", () => {
    const bytes = [statements, vouchers].map((batch) => bytesToHex(encodeBatch(batch)));
    const found = matchBatches([events(8, vouchers, 1), events(9, statements)], bytes);
    expect(found.map(({ number, paidRows }) => [number, paidRows])).toEqual([
      [8, [1n]],
      [9, [1n]],
    ]);
  });

  test("with other bytes or another outcome are not believed", () => {
    expect(matchBatches([events(8, vouchers)], [bytesToHex(encodeBatch(statements))])).toEqual([]);
    const lie = { ...events(8, vouchers), skipped: new Set([0]) };
    expect(matchBatches([lie], [bytesToHex(encodeBatch(vouchers))])).toEqual([]);
  });
});

import { type AbiEvent, encodeAbiParameters, encodeEventTopics, type Log } from "viem";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { SKIP_REASONS } from "../../../protocol/contract/skipped-rows.ts";
import { batchIn } from "../../support/settle-calldata.ts";
import { CONTRACT } from "./fake-chain.ts";

export type SkipReason = (typeof SKIP_REASONS)[number];

/** One event of the contract, as a node would report it. */
export function eventLog(eventName: string, args: Readonly<Record<string, unknown>>, block: number): Log {
  const event = floodgateAbi.find((item) => item.type === "event" && item.name === eventName) as unknown as AbiEvent;
  const topics = encodeEventTopics({ abi: [event], eventName, args } as Parameters<typeof encodeEventTopics>[0]);
  const plain = event.inputs.filter(({ indexed }) => !indexed);
  const data = encodeAbiParameters(
    plain,
    plain.map(({ name }) => args[name ?? ""]),
  );
  return { address: CONTRACT, topics, data, blockNumber: BigInt(block) } as unknown as Log;
}

/** The logs of a `settle` that skips these rows, with a fee of 1 %. */
export function settleLogs(calldata: Hex, skipped: ReadonlyMap<number, SkipReason>, block: number): Log[] {
  const rows = batchIn(calldata).groups.flatMap(({ rows }) => rows);
  const paid = rows.filter((_, index) => !skipped.has(index));
  const total = paid.reduce((sum, { amount }) => sum + amount, 0n);
  const fee = paid.reduce((sum, { amount }) => sum + amount / 100n, 0n);
  const zero = `0x${"0".repeat(64)}`;
  return [
    ...(skipped.size === 0 ? [] : [eventLog("RowsSkipped", { batch: 1n, rows: packSkips(skipped) }, block)]),
    eventLog("Settled", { batch: 1n, bundleHash: zero, outcomeHash: zero, total, fee }, block),
  ];
}

function packSkips(skipped: ReadonlyMap<number, SkipReason>): Hex {
  const rows = [...skipped].map(
    ([row, reason]) => row.toString(16).padStart(8, "0") + SKIP_REASONS.indexOf(reason).toString(16).padStart(2, "0"),
  );
  return `0x${rows.join("")}`;
}

export interface Claimed {
  readonly payer: Hex;
  readonly payee: Hex;
  readonly lane: number;
  readonly amount: bigint;
  readonly totalPaid: bigint;
}

export function claimedLog(claimed: Claimed, block: number): Log {
  return eventLog("Claimed", { ...claimed, fromBond: 0n, allotter: CONTRACT }, block);
}

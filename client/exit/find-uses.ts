import { type Log, parseEventLogs } from "viem";
import type { Hex } from "../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { ClaimableVoucher } from "../../protocol/contract/calls.ts";
import { batchEvidence, claimEvidence } from "../../protocol/contract/evidence.ts";
import { decodeSkippedRows } from "../../protocol/contract/skipped-rows.ts";
import type { Contract } from "../chain/contract.ts";
import { type EventName, findCreation, LOG_RANGE, readLogs, readSettleCalls } from "../chain/history.ts";
import { chainCall } from "../chain/rpc.ts";
import type { LaneUse } from "./plan.ts";
import { type BatchEvents, batchesInCall, matchBatches, type SettledBatch } from "./settled-batches.ts";

const EVENTS: readonly EventName[] = ["Claimed", "Debited", "RowsSkipped", "Settled"];

/**
 * What has used up each of these lanes, from the chain alone: the newest history first, back to the
 * contract's creation only if something is still missing then.
 */
export async function findUses(
  contract: Contract,
  lanes: readonly ClaimableVoucher[],
  blockNumber: bigint,
  signal: AbortSignal,
): Promise<Map<ClaimableVoucher, LaneUse>> {
  const found = new Map<ClaimableVoucher, LaneUse>();
  if (lanes.length === 0) return found;
  const creation = await findCreation(contract, blockNumber);
  for (let to = blockNumber; to >= creation && found.size < lanes.length; to -= LOG_RANGE) {
    signal.throwIfAborted();
    const start = to - LOG_RANGE + 1n;
    const logs = await readLogs(contract, EVENTS, start > creation ? start : creation, to);
    const missing = lanes.filter((lane) => !found.has(lane));
    for (const [lane, use] of await usesIn(contract, logs, missing, blockNumber)) found.set(lane, use);
  }
  return found;
}

async function usesIn(
  contract: Contract,
  logs: readonly Log[],
  lanes: readonly ClaimableVoucher[],
  blockNumber: bigint,
): Promise<[ClaimableVoucher, LaneUse][]> {
  const claimants = claimantsIn(logs);
  const batches = await readBatches(contract, logs, new Set(lanes.map(({ allotment }) => allotment.payer)));
  const uses: [ClaimableVoucher, LaneUse][] = [];
  for (const lane of lanes) {
    const use = useByBatch(lane, batches) ?? (await useByClaim(contract, lane, claimants, blockNumber));
    if (use) uses.push([lane, use]);
  }
  return uses;
}

function useByBatch({ allotment }: ClaimableVoucher, batches: readonly SettledBatch[]): LaneUse | null {
  for (const { number, batch, paidRows } of batches) {
    for (const [g, group] of batch.groups.entries()) {
      if (group.payer !== allotment.payer) continue;
      const i = group.rows.findIndex(({ lane }) => lane === allotment.lane);
      const row = group.rows[i];
      if (!row || (((paidRows[g] ?? 0n) >> BigInt(i)) & 1n) === 0n) continue;
      const paid = batch.payees[row.payeeIndex] === allotment.payee ? row.amount : 0n;
      return { paid, evidence: batchEvidence(number, batch, paidRows, allotment) };
    }
  }
  return null;
}

/** The authority gave the lane to another payee, too, which has claimed it first. */
async function useByClaim(
  { rpc, address }: Contract,
  { allotment }: ClaimableVoucher,
  claimants: ReadonlyMap<string, ReadonlySet<Address>>,
  blockNumber: bigint,
): Promise<LaneUse | null> {
  const { payer, lane } = allotment;
  for (const claimant of claimants.get(`${payer} ${lane}`) ?? []) {
    const call = { address, abi: floodgateAbi, functionName: "paid", args: [payer, lane, claimant] } as const;
    const [, hasClosedLane] = await chainCall(rpc.url, () => rpc.client.readContract({ ...call, blockNumber }));
    if (hasClosedLane) return { paid: 0n, evidence: claimEvidence(claimant) };
  }
  return null;
}

function claimantsIn(logs: readonly Log[]): Map<string, Set<Address>> {
  const claimants = new Map<string, Set<Address>>();
  for (const { args } of parseEventLogs({ abi: floodgateAbi, logs: [...logs], eventName: "Claimed" })) {
    const key = `${parseAddress(args.payer)} ${args.lane}`;
    claimants.set(key, (claimants.get(key) ?? new Set()).add(parseAddress(args.payee)));
  }
  return claimants;
}

/** The batches that took money of one of these payers. */
async function readBatches(
  contract: Contract,
  logs: readonly Log[],
  payers: ReadonlySet<Address>,
): Promise<SettledBatch[]> {
  const batches: SettledBatch[] = [];
  for (const [hash, events] of batchEventsIn(logs, payers)) {
    const calls = await readSettleCalls(contract, hash);
    batches.push(...matchBatches(events, calls.flatMap(batchesInCall)));
  }
  return batches;
}

function batchEventsIn(logs: readonly Log[], payers: ReadonlySet<Address>): Map<Hex, BatchEvents[]> {
  const events = parseEventLogs({ abi: floodgateAbi, logs: [...logs] });
  const concerned = new Set<bigint>();
  const skipped = new Map<bigint, ReadonlySet<number>>();
  for (const { eventName, args } of events) {
    if (eventName === "Debited" && args.entries.some((entry) => payers.has(entry.slice(0, 42) as Address)))
      concerned.add(args.batch);
    if (eventName === "RowsSkipped") skipped.set(args.batch, new Set(decodeSkippedRows(args.rows).keys()));
  }
  const byTransaction = new Map<Hex, BatchEvents[]>();
  for (const { eventName, args, transactionHash } of events) {
    if (eventName !== "Settled" || !concerned.has(args.batch) || transactionHash === null) continue;
    const batch = {
      number: Number(args.batch),
      outcomeHash: args.outcomeHash,
      skipped: skipped.get(args.batch) ?? new Set<number>(),
    };
    byTransaction.set(transactionHash, [...(byTransaction.get(transactionHash) ?? []), batch]);
  }
  return byTransaction;
}

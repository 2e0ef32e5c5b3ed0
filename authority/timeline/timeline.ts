import { AccessError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { LanePapers, Timeline, TimelineLane } from "../../protocol/http/timeline.ts";
import { allotmentToJson } from "../../protocol/signed/allotment-json.ts";
import type { Caller, Context } from "../context.ts";
import { settlementRules } from "../settlement/planner.ts";
import { batchReply } from "../settlement/settle.ts";
import { listLanesOfAccount } from "../store/tables/account-lanes.ts";
import type { BatchWithTransaction } from "../store/tables/batches.ts";
import { allotmentOfLane } from "../store/tables/lane-allotment.ts";
import { findLane, type StoredLane } from "../store/tables/lanes.ts";
import { findTorrents } from "../store/tables/torrents.ts";
import { findBatches, findClaimTransactions } from "../store/views/account-timeline.ts";
import { receiptOf } from "../vouchers/intake.ts";
import { placeOf } from "./lane-place.ts";

const PAGE = 100;

/** One page of the account's lanes, newest first, from below the sequence `before`. */
export async function readTimeline(context: Context, { account }: Caller, before: number): Promise<Timeline> {
  const lanes = await listLanesOfAccount(context.store.db, account, before, PAGE);
  const { entries } = await describe(context, account, lanes);
  return { lanes: entries, cursor: lanes.length === PAGE ? String(lanes.at(-1)?.sequence) : null };
}

/**
 * Everything that shows one lane's amount: what was allotted, signed, received, and settled.
 * @throws {InputError} ADDRESS_INVALID; {AccessError} LANE_UNKNOWN
 */
export async function readLanePapers(
  context: Context,
  { account }: Caller,
  name: { readonly payer: string; readonly lane: number },
): Promise<LanePapers> {
  const lane = await findLane(context.store.db, parseAddress(name.payer), name.lane);
  if (lane === undefined || (lane.payer !== account && lane.payee !== account))
    throw new AccessError("LANE_UNKNOWN", "this account neither pays nor is paid on such a lane");
  const { entries, batches } = await describe(context, account, [lane]);
  const batch = lane.batchId === null ? undefined : batches.get(lane.batchId);
  const { voucherSignature: signature, amount } = lane;
  const receipt = signature === null ? null : receiptOf(context, lane);
  return {
    lane: entries[0] as TimelineLane,
    allotment: allotmentToJson(allotmentOfLane(lane)),
    voucher: signature === null ? null : { amount, signature },
    receipt: receipt && { receivedAt: receipt.receivedAt, signature: receipt.signature },
    batch: batch === undefined ? null : { ...batchReply(batch), row: lane.batchRow ?? 0 },
  };
}

async function describe(context: Context, account: Address, lanes: readonly StoredLane[]) {
  const { clock, presence, store } = context;
  const idsOf = (key: "batchId" | "claimId") => [...new Set(lanes.flatMap((lane) => lane[key] ?? []))];
  const hashes = [...new Set(lanes.map(({ infoHash }) => infoHash))];
  const [batches, claims, torrents] = await Promise.all([
    findBatches(store.db, idsOf("batchId")),
    findClaimTransactions(store.db, idsOf("claimId")),
    hashes.length === 0 ? [] : findTorrents(store.db, hashes),
  ]);
  const titles = new Map(torrents.map(({ infoHash, title }) => [infoHash, title]));
  const [now, rules] = [clock.now(), settlementRules(context)];
  const entries = lanes.map((lane): TimelineLane => {
    const batch = lane.batchId === null ? undefined : batches.get(lane.batchId);
    const transaction = (lane.claimId === null ? undefined : claims.get(lane.claimId)) ?? batch;
    const isPayerOnline = presence.isOnline(lane.sessionKey);
    return {
      role: lane.payer === account ? "payer" : "payee",
      payer: lane.payer,
      payee: lane.payee,
      lane: lane.lane,
      infoHash: lane.infoHash,
      title: titles.get(lane.infoHash) ?? null,
      cap: lane.cap,
      amount: lane.amount,
      paid: lane.paid,
      fee: lane.fee,
      ...placeOf(lane, { now, rules, isPayerOnline, transaction: transaction?.state ?? null }),
      reason: lane.reason,
      allottedAt: lane.issuedAt,
      acceptedAt: lane.receivedAt,
      expiresAt: lane.expiresAt,
      batch: batch?.number ?? null,
      txHash: transaction?.hash ?? null,
    };
  });
  return { entries, batches: batches as ReadonlyMap<number, BatchWithTransaction> };
}

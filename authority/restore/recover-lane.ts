import { InputError } from "../../protocol/base/errors.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import type { Push } from "../../protocol/http/payments.ts";
import { hashAllotment, type SignedAllotment } from "../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../protocol/signed/allotment-json.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { findLostRow } from "../store/restore/lost-batches.ts";
import { laneOfAllotment, rowOfLane } from "../store/tables/lane-allotment.ts";
import { findLane, insertLane, keepPaid, type StoredLane, setLane } from "../store/tables/lanes.ts";

/** Sequence of a lane that is not in the store. */
const LOST = -1;

/** Whether it is one that `readLostLane` has read. */
export function isLost(lane: string | StoredLane | undefined): boolean {
  return typeof lane === "object" && lane.sequence === LOST;
}

/**
 * The lane of a pushed allotment that this authority has signed, and its store does not hold. Null:
 * it has not.
 */
export function readLostLane(context: Context, pushed: Push["vouchers"][number]): StoredLane | null {
  const allotment = pushed.allotment && readAllotment(pushed.allotment);
  if (!allotment || allotment.payer !== pushed.payer.toLowerCase() || allotment.lane !== pushed.lane) return null;
  const signer = recoverSigner(hashAllotment(context.separator, allotment), allotment.signature);
  if (signer === null || !context.keys.isSigner(signer, allotment.expiresAt)) return null;
  return { ...rowOfLane(laneOfAllotment(allotment, { number: 0, timestamp: 0 })), sequence: LOST };
}

function readAllotment(json: Parameters<typeof allotmentFromJson>[0]): SignedAllotment | null {
  try {
    return allotmentFromJson(json);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Stores the lost ones again; the others stay as they are. */
export async function recoverLanes<T extends string>(
  db: Db,
  judged: readonly (T | StoredLane)[],
): Promise<(T | StoredLane)[]> {
  const lanes: (T | StoredLane)[] = [];
  for (const one of judged) lanes.push(typeof one === "object" && isLost(one) ? await recoverLane(db, one) : one);
  return lanes;
}

async function recoverLane(db: Db, { sequence, ...lane }: StoredLane): Promise<StoredLane> {
  const known = await findLane(db, lane.payer, lane.lane);
  return known ?? insertLane(db, lane);
}

/** A batch that the store has lost, too, may have paid it. */
export async function endRecovered(db: Db, lane: StoredLane): Promise<void> {
  const row = await findLostRow(db, lane.payer, lane.lane);
  if (row === undefined) return;
  await keepPaid(db, lane, BigInt(row.amount), row.block);
  const isWhole = BigInt(row.amount) >= BigInt(lane.amount);
  const end = isWhole ? { state: "settled", reason: null } : { state: "claiming", reason: "STALE" };
  await setLane(db, lane, { fee: row.fee, ...(end as Pick<StoredLane, "state" | "reason">) });
}

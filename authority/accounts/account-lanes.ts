import type { AccountLanes } from "../../protocol/http/accounts.ts";
import type { Caller, Context } from "../context.ts";
import { listLanesOfAccount } from "../store/tables/account-lanes.ts";
import type { StoredLane } from "../store/tables/lanes.ts";

const PAGE = 100;

/** One page, newest first, from below the sequence `before`. */
export async function listAccountLanes(
  { clock, store }: Context,
  { account }: Caller,
  before: number,
): Promise<AccountLanes> {
  const lanes = await listLanesOfAccount(store.db, account, before, PAGE);
  const now = clock.now();
  return {
    lanes: lanes.map((lane) => ({
      role: lane.payer === account ? "payer" : "payee",
      payer: lane.payer,
      payee: lane.payee,
      lane: lane.lane,
      infoHash: lane.infoHash,
      cap: lane.cap,
      amount: lane.amount,
      state: stateOf(lane, now),
      reason: lane.reason,
      batch: lane.batchId,
      expiresAt: lane.expiresAt,
    })),
    cursor: lanes.length === PAGE ? String(lanes.at(-1)?.sequence) : null,
  };
}

function stateOf(lane: StoredLane, now: number): AccountLanes["lanes"][number]["state"] {
  if (lane.state === "claiming") return "settling";
  if (lane.state !== "open") return lane.state;
  if (lane.isFinal === 1) return "closed";
  return now >= lane.expiresAt ? "expired" : "open";
}

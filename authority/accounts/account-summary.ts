import { InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { max } from "../../protocol/base/units.ts";
import type { AccountLanes, AccountReply } from "../../protocol/http/accounts.ts";
import { sumReleases, sumReserved } from "../allotments/reservations.ts";
import type { Caller, Context } from "../context.ts";
import { toReservation } from "../store/tables/lane-reservation.ts";
import { listAmountsOfAccount, listLanesOfAccount, listReservedLanes, type StoredLane } from "../store/tables/lanes.ts";
import { listReleases } from "../store/tables/withdrawals.ts";

const PAGE = 100;

/** Balances at one confirmed block, beside what T's books say of the account's lanes. */
export async function readAccount(context: Context, { account }: Caller): Promise<AccountReply> {
  const { chain, store } = context;
  const block = chain.confirmed;
  const { claimPeriodSec } = chain.facts;
  const [atBlock, withdrawalNonce, stored, releases, amounts] = await Promise.all([
    chain.readAccount(account, block.number),
    chain.readWithdrawalNonce(account),
    listReservedLanes(store.db, account, {
      expiresAfter: block.timestamp - claimPeriodSec,
      block: block.number,
    }),
    listReleases(store.db, account),
    listAmountsOfAccount(store.db, account),
  ]);
  const { balance, withdrawing, withdrawableAt } = atBlock;
  const reserved =
    sumReserved(stored.map(toReservation), block, claimPeriodSec) + sumReleases(releases, atBlock, block);
  const free = balance - withdrawing - reserved;
  const sum = (of: (lane: (typeof amounts)[number]) => bigint): bigint =>
    amounts.reduce((total, lane) => total + of(lane), 0n);
  const isPayee = (lane: { payer: Address }): boolean => lane.payer !== account;
  const earnedGross = sum((lane) => (isPayee(lane) ? BigInt(lane.paid) : 0n));
  const fees = sum((lane) => (isPayee(lane) ? BigInt(lane.fee) : 0n));
  const isUnsettled = ({ state }: Pick<StoredLane, "state">): boolean => state !== "settled" && state !== "skipped";
  const missing = (lane: { amount: string; paid: string }): bigint => max(BigInt(lane.amount) - BigInt(lane.paid), 0n);
  const unsettled = sum((lane) => (isPayee(lane) && isUnsettled(lane) ? missing(lane) : 0n));
  const paid = sum((lane) => (isPayee(lane) ? 0n : BigInt(lane.paid)));
  return {
    account,
    block: block.number,
    balance: balance.toString(),
    withdrawing: withdrawing.toString(),
    withdrawableAt,
    reserved: reserved.toString(),
    free: max(free, 0n).toString(),
    unsettled: unsettled.toString(),
    earned: (earnedGross - fees).toString(),
    fees: fees.toString(),
    paid: paid.toString(),
    withdrawalNonce: withdrawalNonce.toString(),
  };
}

/** One page, newest first. @throws {InputError} CURSOR_INVALID */
export async function listAccountLanes(
  { clock, store }: Context,
  { account }: Caller,
  cursor: string | undefined,
): Promise<AccountLanes> {
  const lanes = await listLanesOfAccount(store.db, account, readCursor(cursor), PAGE);
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

/** A page's end, as `cursor` of the reply before; undefined starts at the newest. @throws {InputError} CURSOR_INVALID */
export function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^[0-9]{1,15}$/.test(cursor))
    throw new InputError(
      "CURSOR_INVALID",
      "the cursor is not of an earlier reply: leave it out to start at the newest",
    );
  return Number(cursor);
}

function stateOf(lane: StoredLane, now: number): AccountLanes["lanes"][number]["state"] {
  if (lane.state === "claiming") return "settling";
  if (lane.state !== "open") return lane.state;
  if (lane.isFinal === 1) return "closed";
  return now >= lane.expiresAt ? "expired" : "open";
}

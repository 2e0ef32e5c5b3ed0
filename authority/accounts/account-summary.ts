import type { Address } from "../../protocol/base/ids.ts";
import { type Amount, max } from "../../protocol/base/units.ts";
import type { AccountReply } from "../../protocol/http/accounts.ts";
import { heldBack } from "../allotments/held-back.ts";
import { reservationOf, sumReleases, sumReserved } from "../allotments/reservations.ts";
import type { Caller, Context } from "../context.ts";
import { readHeldBalance } from "../store/restore/restores.ts";
import { type LaneSums, readPastSums } from "../store/retention/past-lanes.ts";
import { listAmountsOfAccount } from "../store/tables/account-lanes.ts";
import type { StoredLane } from "../store/tables/lanes.ts";
import { listReservedLanes } from "../store/tables/reserved-lanes.ts";
import { listReleases } from "../store/tables/withdrawals.ts";

/**
 * The account's balances at one confirmed block, and what the authority's books say of its lanes.
 */
export async function readAccountSummary(
  context: Context,
  { account }: Pick<Caller, "account">,
): Promise<AccountReply> {
  const { chain, store } = context;
  const block = chain.confirmed;
  const { claimPeriodSec } = chain.facts;
  const [atBlock, withdrawalNonce, stored, releases, amounts, held, past] = await Promise.all([
    chain.readAccount(account),
    chain.readWithdrawalNonce(account),
    listReservedLanes(store.db, account, {
      expiresAfter: block.timestamp - claimPeriodSec,
      block: block.number,
    }),
    listReleases(store.db, account),
    listAmountsOfAccount(store.db, account),
    readHeldBalance(store.db, account, block.timestamp),
    readPastSums(store.db, account),
  ]);
  const { balance, withdrawing, withdrawableAt } = atBlock;
  const reserved =
    sumReserved(stored.map(reservationOf), block, claimPeriodSec) +
    sumReleases(releases, atBlock, block) +
    heldBack(held, stored, block, claimPeriodSec);
  const free = balance - withdrawing - reserved;
  const { earned, fees, paid, unsettled, owing } = sumAmounts(account, amounts, past);
  return {
    account,
    block: block.number,
    balance: balance.toString(),
    withdrawing: withdrawing.toString(),
    withdrawableAt,
    reserved: reserved.toString(),
    free: max(free, 0n).toString(),
    unsettled: unsettled.toString(),
    earned: earned.toString(),
    fees: fees.toString(),
    paid: paid.toString(),
    owing: owing.toString(),
    withdrawalNonce: withdrawalNonce.toString(),
  };
}

interface Sums extends LaneSums {
  /** As payee, of vouchers that may still be settled. */
  readonly unsettled: Amount;
  /** The same as payer. */
  readonly owing: Amount;
}

type LaneAmounts = Pick<StoredLane, "payer" | "state" | "amount" | "paid" | "fee">;

function sumAmounts(account: Address, lanes: readonly LaneAmounts[], past: LaneSums): Sums {
  let { earned, fees, paid } = past;
  let [unsettled, owing] = [0n, 0n];
  for (const lane of lanes) {
    const isOver = lane.state === "settled" || lane.state === "skipped";
    const rest = isOver ? 0n : max(BigInt(lane.amount) - BigInt(lane.paid), 0n);
    if (lane.payer === account) {
      paid += BigInt(lane.paid);
      owing += rest;
      continue;
    }
    earned += BigInt(lane.paid) - BigInt(lane.fee);
    fees += BigInt(lane.fee);
    unsettled += rest;
  }
  return { earned, fees, unsettled, paid, owing };
}

import type { Address } from "../protocol/base/ids.ts";
import { decodeSkippedRows } from "../protocol/contract/skipped-rows.ts";
import type { AccountRecord } from "./chain/mirror/contract-state.ts";
import type { Deriving } from "./chain/mirror/mirror.ts";
import type { MirrorEvent } from "./chain/mirror/mirror-events.ts";
import { applyClaim } from "./chain/observe.ts";
import { endSettled } from "./settlement/outcome.ts";
import { type ChainDeposit, insertChainDeposit } from "./store/deposits/chain-deposits.ts";
import { insertLostBatch } from "./store/restore/lost-batches.ts";
import { setLeaving } from "./store/tables/accounts.ts";
import { applyRequest } from "./withdrawals/endings.ts";

/**
 * What the store derives from the contract's events: what was paid in, who takes money away, what
 * claims have paid, how batches and requests for withdrawals have ended. A batch is known by its
 * bundle, a request by its terms, so it does not matter which transaction has brought it.
 */
export const deriveFromEvents: Deriving = async (db, events, changed, { timestamp }) => {
  for (const [name, record] of changed) {
    if (!name.startsWith("account:")) continue;
    await setLeaving(db, name.slice("account:".length) as Address, (record as AccountRecord).withdrawing > 0n);
  }
  const skips = new Map<bigint, ReadonlyMap<number, string>>();
  for (const event of events) {
    if (event.type === "deposited") await insertChainDeposit(db, chainDepositOf(event, timestamp));
    if (event.type === "claimed") await applyClaim(db, event);
    if (event.type === "withdrawalRequested") await applyRequest(db, event);
    if (event.type === "rowsSkipped") skips.set(event.batch, decodeSkippedRows(event.rows));
    if (event.type !== "settled") continue;
    const { batch, bundleHash, total, fee, block } = event;
    const outcome = { batch: Number(batch), total, fee, skipped: skips.get(batch) ?? new Map<number, string>() };
    if (await endSettled(db, { bundleHash, outcome, block })) continue;
    const skipped = JSON.stringify([...outcome.skipped.keys()]);
    const sums = { total: total.toString(), fee: fee.toString() };
    await insertLostBatch(db, { number: outcome.batch, bundleHash, block, ...sums, skipped, isRead: 0 });
  }
};

function chainDepositOf(
  {
    block,
    logIndex,
    account,
    from: sender,
    amount,
    id: depositId,
    txHash,
  }: Extract<MirrorEvent, { type: "deposited" }>,
  at: number,
): ChainDeposit {
  return { block, logIndex, account, sender, amount: amount.toString(), depositId, txHash, at };
}

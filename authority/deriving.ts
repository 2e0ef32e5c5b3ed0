import type { Address } from "../protocol/base/ids.ts";
import { decodeSkippedRows } from "../protocol/contract/skipped-rows.ts";
import type { AccountRecord } from "./chain/mirror/contract-state.ts";
import type { Deriving } from "./chain/mirror/mirror.ts";
import { applyClaim } from "./chain/observe.ts";
import { endSettled } from "./settlement/outcome.ts";
import { insertLostBatch } from "./store/restore/lost-batches.ts";
import { setLeaving } from "./store/tables/accounts.ts";

/**
 * What the store derives from the contract's events: who takes money away, what claims have paid,
 * how batches have ended. A batch is known by its bundle, so it does not matter which transaction
 * has brought it.
 */
export const deriveFromEvents: Deriving = async (db, events, changed) => {
  for (const [name, record] of changed) {
    if (!name.startsWith("account:")) continue;
    await setLeaving(db, name.slice("account:".length) as Address, (record as AccountRecord).withdrawing > 0n);
  }
  const skips = new Map<bigint, ReadonlyMap<number, string>>();
  for (const event of events) {
    if (event.type === "claimed") await applyClaim(db, event);
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

import type { Batch } from "../facts/batch-bytes.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { Observer } from "../replay/observer.ts";
import { type AccountBook, emptyAccountBook, enter, volumeOf } from "./account-book.ts";
import { createFlowBook, type FlowSums } from "./flows.ts";
import { followMoney } from "./follow-money.ts";

/** One batch. Amounts are base units. */
export interface BatchBook {
  readonly number: number;
  readonly block: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly tx: Hex;
  readonly kind: "vouchers" | "statements" | "unseen";
  /** Null when its calldata could not be read. */
  readonly rows: number | null;
  readonly skipped: number;
  readonly total: bigint;
  readonly fee: bigint;
}

/** The money of one audit, as its replay moved it. */
export interface Books {
  /** Greatest volume first. */
  readonly accounts: readonly (AccountBook & { readonly account: Address })[];
  readonly batches: readonly BatchBook[];
  readonly flows: FlowSums;
  /** Time of the last block, seconds since 1970. */
  readonly time: number;
}

/** Gathers sums per account and per batch while a history is replayed. */
export function createBooks(): { readonly observer: Observer; close(): Books } {
  const accounts = new Map<Address, AccountBook>();
  const batches: BatchBook[] = [];
  const flows = createFlowBook();
  let time = 0;
  const money = followMoney((movement) => {
    const { account, kind, amount, counterparty } = movement;
    const book = accounts.get(account) ?? emptyAccountBook();
    accounts.set(account, book);
    enter(book, movement);
    const isPayment = kind === "payment" || kind === "claim-payment";
    if (isPayment && counterparty !== null) flows.add(account, counterparty, -amount);
  });
  const observer: Observer = {
    ...money,
    batchSettled(run, facts, batch, record) {
      money.batchSettled?.(run, facts, batch, record);
      const { number, skipped, settled } = record;
      batches.push({
        number,
        block: facts.block,
        time: facts.time,
        tx: facts.hash,
        kind: kindOf(batch),
        rows: batch?.groups.reduce((sum, { rows }) => sum + rows.length, 0) ?? null,
        skipped: skipped.length,
        total: settled.total,
        fee: settled.fee,
      });
    },
    finish(run, block, lastTime) {
      money.finish?.(run, block, lastTime);
      time = lastTime;
    },
  };
  return {
    observer,
    close: () => ({
      accounts: [...accounts].map(([account, book]) => ({ account, ...book })).toSorted(byVolume),
      batches,
      flows: flows.close(),
      time,
    }),
  };
}

function kindOf(batch: Batch | null): BatchBook["kind"] {
  if (batch === null) return "unseen";
  return batch.groups[0]?.signature === null ? "vouchers" : "statements";
}

function byVolume(a: Books["accounts"][number], b: Books["accounts"][number]): number {
  const [left, right] = [volumeOf(a), volumeOf(b)];
  if (left !== right) return left < right ? 1 : -1;
  return a.account < b.account ? -1 : 1;
}

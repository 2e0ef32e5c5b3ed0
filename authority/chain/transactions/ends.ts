import type { Context } from "../../context.ts";
import { derivedAt } from "../../store/mirror/undo-log.ts";
import {
  resetTransaction,
  type StoredTransaction,
  setRefused,
  setTransaction,
} from "../../store/tables/transactions.ts";
import type { Endings, EndReceipt } from "./ending.ts";
import type { Memory } from "./memory.ts";
import type { Attempt } from "./plan.ts";

const REVERTED = "reverted in block ";

/** Whether the transaction was mined without effect, for a reason that no receipt tells. */
export function isRevert(reason: string): boolean {
  return reason.startsWith(REVERTED);
}

export type Ends = ReturnType<typeof createEnds>;

/**
 * How actions end, or go back to their start. How one ends follows from a block, and goes away with
 * it.
 */
export function createEnds({ chain, clock, log, store }: Context, endings: Endings, memory: Memory) {
  /** `block`: in which it failed; null if it is in none. */
  const fail = async (transaction: StoredTransaction, reason: string, block: number | null): Promise<void> => {
    log.error({ action: transaction.actionId, reason }, "transaction failed");
    // A card that is paid back stays so, whatever becomes of the block.
    const from = transaction.kind === "fund" ? null : block;
    await store.transaction((trx) =>
      derivedAt(trx, from, async () => {
        await setTransaction(trx, transaction.id, { state: "failed", reason, endedAt: clock.now() });
        await endings[transaction.kind].onFailed(trx, transaction, reason);
      }),
    );
  };

  const succeed = async (transaction: StoredTransaction, receipt: EndReceipt, hash: Attempt["hash"] | null) => {
    const ending = endings[transaction.kind];
    const { block } = receipt;
    const end = { block, gasUsed: receipt.gasUsed.toString(), endedAt: clock.now() };
    await store.transaction((trx) =>
      derivedAt(trx, block, async () => {
        await setTransaction(trx, transaction.id, { state: "final", ...end, ...(hash ? { hash } : {}) });
        await ending.onFinal(trx, transaction, receipt);
      }),
    );
    log.info({ action: transaction.actionId, block, gas: end.gasUsed }, "transaction final");
  };

  /** The chain has its effect, but no receipt of ours tells how. */
  const endUnseen = async (transaction: StoredTransaction): Promise<void> => {
    if (endings[transaction.kind].needsLogs)
      return memory.pause(transaction.id, clock.now(), "it is done on the chain, but no node has its receipt");
    const { number: block } = chain.confirmed;
    await succeed(transaction, { block, isSuccess: true, gasUsed: 0n, logs: [] }, null);
  };

  /** What the chain refuses now may pass: then it waits as an intent, and holds up nothing. */
  const refuse = async (transaction: StoredTransaction, reason: string, block: number | null): Promise<void> => {
    const { id, kind, refusedSince } = transaction;
    if (await endings[kind].isDone?.(transaction)) return endUnseen(transaction);
    const now = clock.now();
    const refusal = { reason, forSec: now - (refusedSince ?? now) };
    if (endings[kind].judgeRefusal?.(refusal) !== "wait") return fail(transaction, reason, block);
    await setRefused(store.db, id, { since: refusedSince ?? now, reason });
    memory.pause(id, now, reason);
  };

  return {
    fail,
    refuse,
    endUnseen,
    async end(transaction: StoredTransaction, attempt: Attempt, receipt: EndReceipt): Promise<void> {
      if (attempt.isCancel && transaction.kind !== "fill")
        return fail(transaction, memory.of(transaction.id).cancelReason ?? "cancelled: it was too late", receipt.block);
      if (!receipt.isSuccess) return refuse(transaction, `${REVERTED}${receipt.block}`, receipt.block);
      await succeed(transaction, receipt, attempt.hash);
    },
    /** Something else has used its nonce for good, as far as receipts tell. */
    async lose(transaction: StoredTransaction): Promise<void> {
      if (await endings[transaction.kind].isDone?.(transaction)) return endUnseen(transaction);
      log.warn({ action: transaction.actionId, nonce: transaction.nonce }, "its nonce was used by something else");
      await resetTransaction(store.db, transaction.id, "its nonce was used by another transaction");
    },
  };
}

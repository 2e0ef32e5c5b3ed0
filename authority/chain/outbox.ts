import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import type { TransactionKind } from "../store/schema.ts";
import {
  listPendingTransactions,
  nextStoredNonce,
  resetTransaction,
  type StoredTransaction,
  setTransaction,
  storeSigned,
} from "../store/tables/transactions.ts";
import type { Receipt } from "./chain.ts";

/**
 * T's transactions, one signer, in order: intent -> stored (signed) -> sent -> seen (in a block) -> final (confirmed),
 * or failed. Each step is stored before the next begins, and each may be repeated: after a crash anywhere the same raw
 * transaction is sent again, and only one with a nonce that something else has used up is signed anew.
 */
export interface Outbox {
  /** One round over all that is not at its end. @throws {ChainError} RPC_UNAVAILABLE: go on with the next round */
  step(): Promise<void>;
}

/** What the end of a transaction changes: runs in the store transaction that ends it, so once. */
export interface Handler<Prepared = unknown> {
  /** Whatever else must be read from the chain, before that store transaction. */
  readonly prepare?: (receipt: Receipt) => Promise<Prepared>;
  readonly onFinal?: (db: Db, transaction: StoredTransaction, receipt: Receipt, prepared: Prepared) => Promise<void>;
  readonly onFailed?: (db: Db, transaction: StoredTransaction, reason: string) => Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: each handler knows what it prepared itself
export type Handlers = Readonly<Partial<Record<TransactionKind, Handler<any>>>>;

export function createOutbox(context: Context, handlers: Handlers): Outbox {
  const { chain, store, log } = context;

  const fail = async (transaction: StoredTransaction, reason: string): Promise<void> => {
    log.error({ action: transaction.actionId, reason }, "transaction failed");
    await store.transaction(async (trx) => {
      await setTransaction(trx, transaction.id, { state: "failed", reason });
      await handlers[transaction.kind]?.onFailed?.(trx, transaction, reason);
    });
  };

  const end = async (transaction: StoredTransaction, receipt: Receipt): Promise<void> => {
    if (!receipt.isSuccess) return fail(transaction, `reverted in block ${receipt.block}`);
    const handler = handlers[transaction.kind];
    const prepared = await handler?.prepare?.(receipt);
    const gasUsed = receipt.gasUsed.toString();
    await store.transaction(async (trx) => {
      await setTransaction(trx, transaction.id, { state: "final", block: receipt.block, gasUsed });
      await handler?.onFinal?.(trx, transaction, receipt, prepared);
    });
    log.info({ action: transaction.actionId, block: receipt.block, gas: gasUsed }, "transaction final");
  };

  /** A signed transaction: where is it now? */
  const follow = async (transaction: StoredTransaction): Promise<void> => {
    const { id, hash, raw, nonce } = transaction;
    if (hash === null || raw === null || nonce === null) return;
    const receipt = await chain.receipt(hash);
    if (receipt !== null) {
      if (receipt.block <= chain.confirmed.number) return end(transaction, receipt);
      if (transaction.state !== "seen" || transaction.block !== receipt.block)
        await setTransaction(store.db, id, {
          state: "seen",
          block: receipt.block,
          gasUsed: receipt.gasUsed.toString(),
        });
      return;
    }
    if ((await chain.nonceAt("confirmed")) > nonce) {
      // Mined between the two questions, or another transaction has used the nonce for good.
      if ((await chain.receipt(hash)) === null)
        await resetTransaction(store.db, id, "its nonce was used by another transaction");
      return;
    }
    // Not sent yet, lost by the node, or in a block that a reorganization took away.
    await chain.send(raw);
    if (transaction.state !== "sent") await setTransaction(store.db, id, { state: "sent", block: null });
  };

  /** False: it must wait for those before it. */
  const begin = async (transaction: StoredTransaction, isAlone: boolean): Promise<boolean> => {
    const { id, recipient, data } = transaction;
    const simulation = await chain.simulate(recipient, data);
    if (!simulation.ok) {
      // It may need what the ones before it do.
      if (!isAlone) return false;
      await fail(transaction, simulation.reason);
      return true;
    }
    const nonce = Math.max(await chain.nonceAt("latest"), await nextStoredNonce(store.db));
    const { raw, hash } = await chain.sign({ nonce, to: recipient, data, gas: simulation.gas });
    await storeSigned(store.db, id, { nonce, raw, hash });
    await chain.send(raw);
    await setTransaction(store.db, id, { state: "sent" });
    return true;
  };

  return {
    async step() {
      const pending = await listPendingTransactions(store.db);
      for (const transaction of pending) if (transaction.state !== "intent") await follow(transaction);
      let isAlone = !pending.some(({ state }) => state === "stored" || state === "sent");
      for (const transaction of pending) {
        if (transaction.state !== "intent") continue;
        if (!(await begin(transaction, isAlone))) break;
        isAlone = false;
      }
    },
  };
}

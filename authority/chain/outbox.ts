import type { Hex } from "../../protocol/base/bytes.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import type { TransactionKind } from "../store/schema.ts";
import {
  listPendingTransactions,
  nextStoredNonce,
  resetTransaction,
  type StoredTransaction,
  setRefused,
  setTransaction,
  storeSigned,
} from "../store/tables/transactions.ts";
import type { Receipt } from "./sender.ts";

/**
 * The authority's transactions, by one signer and in order. Each goes from intent to stored
 * (signed), sent, seen (in a block) and final (confirmed), or to failed. Each step is stored before
 * the next begins, and each may be repeated. After a crash the same raw transaction is sent again.
 * Only one whose nonce something else has used is signed anew.
 */
export interface Outbox {
  /**
   * One round over all transactions that have not ended.
   * @throws {ChainError} RPC_UNAVAILABLE: try again later
   */
  step(): Promise<void>;
}

/**
 * How transactions of one kind end. `onFinal` and `onFailed` run in the store transaction that ends
 * the transaction, so each ends once.
 */
export interface Ending<Prepared = unknown> {
  /**
   * What a transaction with this calldata may take at most, if more than the estimate could be
   * needed.
   */
  gasOf?(data: Hex): bigint;
  /**
   * Whether to try again later what the chain refuses, or to give it up. Default: give up.
   */
  judgeRefusal?(refusal: Refusal): "wait" | "fail";
  /** Reads from the chain what `onFinal` needs, before that store transaction. */
  prepare?(receipt: Receipt): Promise<Prepared>;
  onFinal(db: Db, transaction: StoredTransaction, receipt: Receipt, prepared: Prepared): Promise<void>;
  onFailed(db: Db, transaction: StoredTransaction, reason: string): Promise<void>;
}

export interface Refusal {
  /** Name and arguments of the contract's error. */
  readonly reason: string;
  /** For how long the chain has refused it, seconds. */
  readonly forSec: number;
}

export type Endings = Readonly<Record<TransactionKind, Ending>>;

/** Of one transaction (EIP-7825). */
const MAX_TRANSACTION_GAS = 16_777_216n;

function gasLimit(estimate: bigint, worst = 0n): bigint {
  const gas = worst > estimate ? worst : estimate;
  return gas < MAX_TRANSACTION_GAS ? gas : MAX_TRANSACTION_GAS;
}

export function createOutbox(context: Context, endings: Endings): Outbox {
  const { chain, store, log } = context;

  const { refuse } = createRefusals(context, endings);

  const end = async (transaction: StoredTransaction, receipt: Receipt): Promise<void> => {
    if (!receipt.isSuccess) return refuse(transaction, `reverted in block ${receipt.block}`);
    const ending = endings[transaction.kind];
    const prepared = await ending.prepare?.(receipt);
    const gasUsed = receipt.gasUsed.toString();
    await store.transaction(async (trx) => {
      await setTransaction(trx, transaction.id, { state: "final", block: receipt.block, gasUsed });
      await ending.onFinal(trx, transaction, receipt, prepared);
    });
    log.info({ action: transaction.actionId, block: receipt.block, gas: gasUsed }, "transaction final");
  };

  /** Finds out where a signed transaction is now, and sends it if it is nowhere. */
  const follow = async (transaction: StoredTransaction): Promise<void> => {
    const { id, hash, raw, nonce } = transaction;
    if (hash === null || raw === null || nonce === null) return;
    const receipt = await chain.receipt(hash);
    if (receipt !== null) {
      if (receipt.block <= chain.confirmed.number) return end(transaction, receipt);
      if (transaction.state === "seen" && transaction.block === receipt.block) return;
      const gasUsed = receipt.gasUsed.toString();
      await setTransaction(store.db, id, { state: "seen", block: receipt.block, gasUsed });
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

  /** Signs and sends an intent. `blocked`: it must wait for those before it. */
  const begin = async (transaction: StoredTransaction, isAlone: boolean): Promise<"sent" | "blocked" | "refused"> => {
    const { id, recipient, data } = transaction;
    const simulation = await chain.simulate(recipient, data);
    if (!simulation.ok) {
      // It may need what the ones before it do.
      if (!isAlone) return "blocked";
      await refuse(transaction, simulation.reason);
      return "refused";
    }
    const nonce = Math.max(await chain.nonceAt("latest"), await nextStoredNonce(store.db));
    const gas = gasLimit(simulation.gas, endings[transaction.kind].gasOf?.(data));
    const { raw, hash } = await chain.sign({ nonce, to: recipient, data, gas });
    await storeSigned(store.db, id, { nonce, raw, hash });
    await chain.send(raw);
    await setTransaction(store.db, id, { state: "sent" });
    return "sent";
  };

  return {
    async step() {
      const pending = await listPendingTransactions(store.db);
      for (const transaction of pending) if (transaction.state !== "intent") await follow(transaction);
      let isAlone = !pending.some(({ state }) => state === "stored" || state === "sent");
      for (const transaction of pending) {
        if (transaction.state !== "intent") continue;
        const outcome = await begin(transaction, isAlone);
        if (outcome === "blocked") break;
        if (outcome === "sent") isAlone = false;
      }
      await reportRefusals(context);
    },
  };
}

function createRefusals({ clock, log, store }: Context, endings: Endings) {
  const fail = async (transaction: StoredTransaction, reason: string): Promise<void> => {
    log.error({ action: transaction.actionId, reason }, "transaction failed");
    await store.transaction(async (trx) => {
      await setTransaction(trx, transaction.id, { state: "failed", reason });
      await endings[transaction.kind].onFailed(trx, transaction, reason);
    });
  };
  return {
    /** What the chain refuses now may pass: then it waits as an intent, and holds up nothing. */
    async refuse(transaction: StoredTransaction, reason: string): Promise<void> {
      const { id, kind, refusedSince } = transaction;
      const now = clock.now();
      const refusal = { reason, forSec: now - (refusedSince ?? now) };
      if (endings[kind].judgeRefusal?.(refusal) !== "wait") return fail(transaction, reason);
      await setRefused(store.db, id, { since: refusedSince ?? now, reason });
    },
  };
}

async function reportRefusals({ readiness, store }: Context): Promise<void> {
  const pending = await listPendingTransactions(store.db);
  const refused = pending.filter(({ refusedSince, state }) => refusedSince !== null && state === "intent");
  const [first] = refused;
  const problem = `${refused.length} transactions wait, such as ${first?.actionId}: the chain refuses it, ${first?.reason}`;
  readiness.report("transactions", first === undefined ? null : problem);
}

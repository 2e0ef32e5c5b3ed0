import { ChainError } from "../../../protocol/base/errors.ts";
import type { Context } from "../../context.ts";
import {
  listPendingAttempts,
  listPendingTransactions,
  listUsedNonces,
  type StoredAttempt,
  type StoredTransaction,
} from "../../store/tables/transactions.ts";
import { Actions } from "./actions.ts";
import type { Endings } from "./ending.ts";
import { Memory } from "./memory.ts";
import { type Pending, planTransactions } from "./plan.ts";
import { reportTroubles } from "./troubles.ts";
import { readView } from "./view.ts";
import type { Wish } from "./wishes.ts";

/**
 * The authority's transactions. Each action goes from intent to signed, sent, mined
 * and final (in a confirmed block), or to failed. Each step is stored before the next begins, and
 * may be repeated. An action keeps its id through all replacements: each one is stored before it is
 * sent, so whichever is mined is known.
 */
export interface Outbox {
  /**
   * One round over all transactions that have not ended.
   * @throws {ChainError} RPC_UNAVAILABLE: try again later
   */
  step(): Promise<void>;
}

export function createOutbox(context: Context, endings: Endings): Outbox {
  const { config, log, store } = context;
  const memory = new Memory();
  return {
    async step() {
      const transactions = await listPendingTransactions(store.db);
      for (const [id, wish] of context.wishes.takeAll()) heed(memory, id, wish);
      memory.keepOnly(new Set(transactions.map(({ id }) => id)));
      if (transactions.length === 0) return reportTroubles(context, { transactions, memory });
      const attempts = await listPendingAttempts(store.db);
      const view = await readView(context, attempts);
      const { operator } = view;
      const used = await listUsedNonces(store.db, operator, view.nonces.get(operator)?.latest ?? 0);
      const pending = transactions.map((one) => describe(one, attempts, endings, memory));
      const plan = planTransactions(pending, used, view, config.chain.transactions);
      const actions = new Actions(context, endings, memory, { transactions, attempts, view }, plan);
      let failure: unknown = null;
      for (const effect of plan.effects) {
        try {
          await actions.perform(effect);
        } catch (error) {
          // One that goes wrong holds up no other. What is not the chain's fault is told after.
          if (!(error instanceof ChainError)) failure ??= error;
          else if ("id" in effect) memory.pause(effect.id, context.clock.now(), error.message);
          log.debug({ effect: effect.type, code: (error as { code?: string }).code }, "a step failed");
        }
      }
      await reportTroubles(context, {
        transactions: await listPendingTransactions(store.db),
        memory,
        aboveCeiling: actions.tooDear,
        gas: actions.gasNeed,
      });
      if (failure !== null) throw failure;
    },
  };
}

/** A person has looked at it: no pause, and a higher fee as if a node had wanted it. */
function heed(memory: Memory, id: number, wish: Wish): void {
  memory.goesOn(id);
  const one = memory.of(id);
  one.sentAtBlock = null;
  if (wish === "bump") one.isUnderpriced = true;
}

function describe(
  { id, kind, state, nonce, block, data }: StoredTransaction,
  attempts: readonly StoredAttempt[],
  endings: Endings,
  memory: Memory,
): Pending {
  const { cancelReason, isUnderpriced, sentAtBlock } = memory.of(id);
  return {
    id,
    state: state as Pending["state"],
    nonce,
    block,
    deadline: endings[kind].deadlineOf?.(data) ?? null,
    attempts: attempts.filter(({ transactionId }) => transactionId === id).map(toAttempt),
    notBefore: memory.notBefore(id),
    cancelReason,
    isUnderpriced,
    sentAtBlock,
  };
}

function toAttempt(stored: StoredAttempt): Pending["attempts"][number] {
  const { sender, nonce, hash, signedAtBlock, maxFeePerGas, maxPriorityFeePerGas } = stored;
  const fees = { maxFeePerGas: BigInt(maxFeePerGas), maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas) };
  return { sender, nonce, hash, signedAtBlock, fees, isCancel: stored.isCancel === 1 };
}

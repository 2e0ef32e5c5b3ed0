import type { Hex } from "../../protocol/base/bytes.ts";
import { InputError, NetworkError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { encodeDepositFor } from "../chain/contract-calls.ts";
import type { Ending } from "../chain/transactions/ending.ts";
import type { Context } from "../context.ts";
import { type Deposit, endCharging, endFunding, listDepositsIn } from "../store/tables/deposits.ts";
import { enqueueTransaction, listSigners } from "../store/tables/transactions.ts";
import type { CardNetwork } from "./card-network.ts";
import { judgeRefusal } from "./judge-refusal.ts";
import { createRefunds } from "./refunds.ts";

/**
 * Charges cards and funds accounts on-chain with what was paid. Each deposit is charged and funded
 * at most once. One that was charged is credited or paid back.
 */
export interface Charges {
  /**
   * A deposit of this id is about to be stored and charged: `finish` leaves it alone until the
   * returned function is called.
   */
  expect(id: string): () => void;
  /** @throws {InputError} CARD_INVALID */
  charge(deposit: Deposit, card: string): Promise<void>;
  /** Asks the card network what became of the charges that had no answer, and for refunds. */
  finish(): Promise<void>;
}

export function createCharges(context: Context, cards: CardNetwork): Charges {
  const { log, store } = context;
  const refund = createRefunds(context, cards);
  /**
   * Deposits whose charge is under way in this process. `lookup` does not know their outcome yet.
   */
  const underWay = new Set<string>();

  const expected = new Set<string>();

  return {
    expect(id) {
      expected.add(id);
      return () => expected.delete(id);
    },

    async charge(deposit, card) {
      if (underWay.has(deposit.id)) return;
      underWay.add(deposit.id);
      try {
        await endCharge(
          context,
          deposit,
          await cards.charge({ key: deposit.id, amount: BigInt(deposit.amount), card }),
        );
      } catch (error) {
        // A later round looks its outcome up; until then the customer sees `charging`.
        if (error instanceof NetworkError) return;
        if (error instanceof InputError) await endCharging(store.db, deposit.id, "failed", error.message);
        throw error;
      } finally {
        underWay.delete(deposit.id);
      }
    },

    async finish() {
      for (const deposit of await listDepositsIn(store.db, "charging")) {
        if (expected.has(deposit.id) || underWay.has(deposit.id)) continue;
        underWay.add(deposit.id);
        try {
          await endCharge(context, deposit, await cards.lookup(deposit.id));
        } catch (error) {
          if (!(error instanceof NetworkError)) throw error;
          log.warn({ deposit: deposit.id }, "the card network does not answer");
        } finally {
          underWay.delete(deposit.id);
        }
      }
      await refund();
    },
  };
}

async function endCharge(context: Context, deposit: Deposit, outcome: "paid" | "declined" | "unknown"): Promise<void> {
  const { chain, store } = context;
  if (outcome === "declined")
    return void (await endCharging(store.db, deposit.id, "declined", "the card was declined: use another card"));
  if (outcome === "unknown")
    return void (await endCharging(store.db, deposit.id, "failed", "the charge did not arrive: try again"));
  await store.transaction(async (trx) => {
    if (!(await endCharging(trx, deposit.id, "charged", null))) return;
    const data = encodeFund(deposit);
    const { contract: recipient } = chain.facts;
    await enqueueTransaction(trx, { actionId: fundAction(deposit.id), kind: "fund", recipient, data });
  });
  context.wake();
}

/** How the transaction ends that funds a deposit: with a credit, or with a refund. */
export function fundEnding({ chain, config, store }: Pick<Context, "chain" | "config" | "store">): Ending {
  return {
    async isDone({ id, actionId }) {
      const signers = await listSigners(store.db, id);
      return isFunded(chain, [...signers, ...(await chain.readOperators())], depositOf(actionId));
    },
    judgeRefusal: (refusal) => judgeRefusal(refusal, config.params.fundPatienceSec),
    onFinal: (db, { actionId }) => endFunding(db, depositOf(actionId), { state: "credited", reason: null }),
    onFailed: (db, { actionId }, reason) =>
      endFunding(db, depositOf(actionId), { state: "refunding", reason: `it could not be credited: ${reason}` }),
  };
}

/**
 * Whether the chain has funded this deposit. The contract counts an id once for each sender, and
 * the operator's key may have changed since, or the store have lost who has signed.
 */
export async function isFunded(
  chain: Pick<Context["chain"], "isDepositUsed">,
  senders: readonly Address[],
  depositId: string,
): Promise<boolean> {
  for (const sender of new Set(senders)) if (await chain.isDepositUsed(sender, chainIdOf(depositId))) return true;
  return false;
}

export function encodeFund({ id, account, amount }: Pick<Deposit, "id" | "account" | "amount">): Hex {
  return encodeDepositFor(account, BigInt(amount), chainIdOf(id));
}

const FUND = "fund:";

/** The deposit's id in the contract: its UUID's 16 bytes, then zeros. */
export function chainIdOf(depositId: string): Hex {
  return `0x${depositId.replaceAll("-", "").padEnd(64, "0")}`;
}

/** The action that funds this deposit. */
export function fundAction(depositId: string): string {
  return FUND + depositId;
}

function depositOf(actionId: string): string {
  return actionId.slice(FUND.length);
}

import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Context } from "../../context.ts";
import {
  enqueueTransaction,
  findTransaction,
  type StoredAttempt,
  type StoredTransaction,
  setTransaction,
} from "../../store/tables/transactions.ts";
import type { Endings } from "./ending.ts";
import { createEnds, type Ends } from "./ends.ts";
import { type Fees, firstFees } from "./fees.ts";
import type { Memory } from "./memory.ts";
import type { ChainView, Effect, Plan } from "./plan.ts";
import { type GasNeed, Signing, sumOpen } from "./signing.ts";

/** Of one transaction (EIP-7825). */
const MAX_TRANSACTION_GAS = 16_777_216n;
/** Of a transfer of nothing. */
const CANCEL_GAS = 21_000n;

/** What one round knows. */
interface Known {
  readonly transactions: readonly StoredTransaction[];
  readonly attempts: readonly StoredAttempt[];
  readonly view: ChainView;
}

/** Carries out what `planTransactions` has decided, for one round. */
export class Actions {
  readonly #context: Context;
  readonly #endings: Endings;
  readonly #memory: Memory;
  readonly #known: Known;
  readonly #ends: Ends;
  readonly #signing: Signing;
  #nonce: number;
  #tooDear: number;

  constructor(context: Context, endings: Endings, memory: Memory, known: Known, plan: Plan) {
    this.#context = context;
    this.#endings = endings;
    this.#memory = memory;
    this.#known = known;
    this.#ends = createEnds(context, endings, memory);
    const committed = sumOpen(known.attempts, known.transactions);
    this.#signing = new Signing(context, memory, committed);
    this.#nonce = plan.nextNonce;
    this.#tooDear = plan.aboveCeiling;
  }

  /** What waits because gas costs more than the ceiling. */
  get tooDear(): number {
    return this.#tooDear;
  }

  /** Null: the operator has enough, as far as this round has met. */
  get gasNeed(): GasNeed | null {
    return this.#signing.short;
  }

  async perform(effect: Effect): Promise<void> {
    const { db } = this.#context.store;
    switch (effect.type) {
      case "end":
        return this.#ends.end(this.#find(effect.id), effect.attempt, effect.receipt);
      case "mined": {
        const { block, gasUsed } = effect.receipt;
        const { hash } = effect.attempt;
        return setTransaction(db, effect.id, { state: "mined", hash, block, gasUsed: gasUsed.toString() });
      }
      case "unmined":
        this.#memory.of(effect.id).sentAtBlock = null;
        return setTransaction(db, effect.id, { state: "signed", block: null, gasUsed: null });
      case "lost":
        return this.#ends.lose(this.#find(effect.id));
      case "drop":
        return this.#ends.fail(this.#find(effect.id), effect.reason, null);
      case "send": {
        const attempt = this.#known.attempts.find(({ hash }) => hash === effect.hash) as StoredAttempt;
        return this.#signing.send(effect.id, attempt, this.#find(effect.id).state);
      }
      case "replace":
        return this.#replace(effect.id, effect.fees, false);
      case "cancel":
        this.#memory.of(effect.id).cancelReason = effect.reason;
        return this.#replace(effect.id, effect.fees, true);
      case "fill":
        return this.#fill(effect.sender, effect.nonce);
      case "begin":
        // All that follow would need gas, too.
        if (!this.#signing.shortOf(this.#known.view.operator)) await this.#begin(this.#find(effect.id));
    }
  }

  #find(id: number): StoredTransaction {
    return this.#known.transactions.find((one) => one.id === id) as StoredTransaction;
  }

  async #begin(transaction: StoredTransaction): Promise<void> {
    const { id, kind, recipient: to, data } = transaction;
    const { view } = this.#known;
    const ending = this.#endings[kind];
    // The store may be older than what was done with it.
    if (await ending.isDone?.(transaction)) return this.#ends.endUnseen(transaction);
    const simulation = await this.#context.chain.simulate(to, data);
    if (!simulation.ok) {
      const one = this.#memory.of(id);
      one.afterNonce ??= this.#nonce;
      // It may need what those before it do.
      if ((view.nonces.get(view.operator)?.latest ?? 0) < one.afterNonce) return;
      one.afterNonce = null;
      return this.#ends.refuse(transaction, simulation.reason, null);
    }
    const fees = firstFees(view.price, this.#ceiling);
    if (fees === null) return void this.#tooDear++;
    const gas = gasLimit(simulation.gas, ending.gasOf?.(data));
    const [nonce, from] = [this.#nonce, view.operator];
    if (await this.#signing.sign(id, { from, nonce, to, data, gas, fees, isCancel: false })) this.#nonce++;
  }

  async #replace(id: number, fees: Fees, isCancel: boolean): Promise<void> {
    const { nonce, recipient, data } = this.#find(id);
    const { attempts } = this.#known;
    const old = attempts.findLast(({ transactionId }) => transactionId === id) as StoredAttempt;
    const [to, call, gas]: [Address, Hex, bigint] = isCancel
      ? [old.sender, "0x", CANCEL_GAS]
      : [recipient, data, BigInt(old.gas)];
    const before = BigInt(old.gas) * BigInt(old.maxFeePerGas);
    const { sender: from } = old;
    await this.#signing.sign(id, { from, nonce: nonce as number, to, data: call, gas, fees, isCancel, before });
  }

  async #fill(from: Address, nonce: number): Promise<void> {
    const { store } = this.#context;
    const fees = firstFees(this.#known.view.price, this.#ceiling);
    if (fees === null) return void this.#tooDear++;
    const actionId = `fill:${from}:${nonce}`;
    await enqueueTransaction(store.db, { actionId, kind: "fill", recipient: from, data: "0x" });
    const { id } = (await findTransaction(store.db, actionId)) as StoredTransaction;
    await this.#signing.sign(id, { from, nonce, to: from, data: "0x", gas: CANCEL_GAS, fees, isCancel: true });
  }

  get #ceiling(): bigint {
    return this.#context.config.chain.transactions.ceiling;
  }
}

function gasLimit(estimate: bigint, worst = 0n): bigint {
  const gas = worst > estimate ? worst : estimate;
  return gas < MAX_TRANSACTION_GAS ? gas : MAX_TRANSACTION_GAS;
}

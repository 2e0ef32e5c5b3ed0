import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Context } from "../../context.ts";
import {
  insertAttempt,
  type StoredAttempt,
  type StoredTransaction,
  setTransaction,
} from "../../store/tables/transactions.ts";
import type { Fees } from "./fees.ts";
import type { Memory } from "./memory.ts";

/** One to sign, for an action. */
export interface Call {
  readonly nonce: number;
  readonly to: Address;
  readonly data: Hex;
  readonly gas: bigint;
  readonly fees: Fees;
  readonly isCancel: boolean;
  /** What it replaces could have cost, wei. */
  readonly before?: bigint;
}

/** What the operator has, and what its transactions may cost at most, wei. */
export interface GasNeed {
  readonly balance: bigint;
  readonly needed: bigint;
}

/**
 * Signs, stores and sends within one round, and counts what all that is not mined may cost. Nothing
 * is signed that the operator could not pay.
 */
export class Signing {
  readonly #context: Pick<Context, "chain" | "clock" | "store">;
  readonly #memory: Memory;
  #committed: bigint;
  #needed: bigint;
  #balance: bigint | null = null;
  #isShort = false;

  constructor(context: Pick<Context, "chain" | "clock" | "store">, memory: Memory, committed: bigint) {
    this.#context = context;
    this.#memory = memory;
    this.#committed = committed;
    this.#needed = committed;
  }

  /** Null: the operator has enough, as far as this round has met. */
  get short(): GasNeed | null {
    return this.#isShort ? { balance: this.#balance ?? 0n, needed: this.#needed } : null;
  }

  /** False: the operator cannot pay it, and nothing was signed. */
  async sign(id: number, { isCancel, before = 0n, ...call }: Call): Promise<boolean> {
    const { chain, store } = this.#context;
    const { gas, fees, nonce } = call;
    const more = gas * fees.maxFeePerGas - before;
    if (await this.#lacks(this.#committed + more)) return false;
    this.#committed += more;
    const { raw, hash } = await chain.sign(call);
    const attempt = {
      transactionId: id,
      sender: chain.operator,
      nonce,
      hash,
      raw,
      gas: gas.toString(),
      maxFeePerGas: fees.maxFeePerGas.toString(),
      maxPriorityFeePerGas: fees.maxPriorityFeePerGas.toString(),
      isCancel: isCancel ? 1 : 0,
      signedAtBlock: chain.latest.number,
    };
    // What the nodes may have is in the store before.
    await store.transaction((trx) => insertAttempt(trx, attempt));
    Object.assign(this.#memory.of(id), { isUnderpriced: false, afterNonce: null });
    await this.send(id, raw, "signed");
    return true;
  }

  /** `state`: of its action. */
  async send(id: number, raw: Hex, state: StoredTransaction["state"]): Promise<void> {
    const { chain, clock, store } = this.#context;
    const { answer, text } = await chain.send(raw);
    const one = this.#memory.of(id);
    one.sentAtBlock = chain.latest.number;
    switch (answer) {
      case "taken":
        this.#memory.goesOn(id);
        if (state !== "sent") await setTransaction(store.db, id, { state: "sent", block: null });
        return;
      case "underpriced":
        one.isUnderpriced = true;
        return;
      case "never":
        one.cancelReason = `the nodes refuse it: ${text}`;
        return;
      case "nonceUsed":
        return;
      default:
        this.#memory.pause(id, clock.now(), text);
        if (answer === "funds") await this.#lacks(this.#committed);
    }
  }

  async #lacks(needed: bigint): Promise<boolean> {
    this.#balance ??= await this.#context.chain.readGasBalance();
    const isLacking = this.#balance < needed;
    if (isLacking) [this.#isShort, this.#needed] = [true, needed];
    return isLacking;
  }
}

/** What the newest attempts may cost that no block holds yet. */
export function sumOpen(
  attempts: readonly StoredAttempt[],
  transactions: readonly StoredTransaction[],
  operator: Address,
): bigint {
  return transactions.reduce((sum, { id, state }) => {
    const newest = attempts.findLast(({ transactionId, sender }) => transactionId === id && sender === operator);
    const isOpen = newest !== undefined && (state === "signed" || state === "sent");
    return isOpen ? sum + BigInt(newest.gas) * BigInt(newest.maxFeePerGas) : sum;
  }, 0n);
}

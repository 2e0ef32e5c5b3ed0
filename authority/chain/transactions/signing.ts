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
  readonly from: Address;
  readonly nonce: number;
  readonly to: Address;
  readonly data: Hex;
  readonly gas: bigint;
  readonly fees: Fees;
  readonly isCancel: boolean;
  /** What it replaces could have cost, wei. */
  readonly before?: bigint;
}

/** What a sender has, and what its transactions may cost at most, wei. */
export interface GasNeed {
  readonly sender: Address;
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
  readonly #committed: Map<Address, bigint>;
  readonly #balances = new Map<Address, bigint>();
  readonly #short = new Map<Address, GasNeed>();

  constructor(
    context: Pick<Context, "chain" | "clock" | "store">,
    memory: Memory,
    committed: ReadonlyMap<Address, bigint>,
  ) {
    this.#context = context;
    this.#memory = memory;
    this.#committed = new Map(committed);
  }

  /** Null: all senders have enough, as far as this round has met. */
  get short(): GasNeed | null {
    return this.#short.values().next().value ?? null;
  }

  /** Undefined: this sender has enough, as far as this round has met. */
  shortOf(sender: Address): GasNeed | undefined {
    return this.#short.get(sender);
  }

  /** False: the sender cannot pay it, and nothing was signed. */
  async sign(id: number, { isCancel, before = 0n, ...call }: Call): Promise<boolean> {
    const { chain, store } = this.#context;
    const { from, gas, fees, nonce } = call;
    const needed = (this.#committed.get(from) ?? 0n) + gas * fees.maxFeePerGas - before;
    if (await this.#lacks(from, needed)) return false;
    this.#committed.set(from, needed);
    const { raw, hash } = await chain.sign(call);
    const attempt = {
      transactionId: id,
      sender: from,
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
    await this.send(id, attempt, "signed");
    return true;
  }

  /** `state`: of its action. */
  async send(
    id: number,
    { sender, raw }: Pick<StoredAttempt, "sender" | "raw">,
    state: StoredTransaction["state"],
  ): Promise<void> {
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
        if (answer === "funds") await this.#lacks(sender, this.#committed.get(sender) ?? 0n);
    }
  }

  async #lacks(sender: Address, needed: bigint): Promise<boolean> {
    const balance = this.#balances.get(sender) ?? (await this.#context.chain.readGasBalance(sender));
    this.#balances.set(sender, balance);
    if (balance >= needed) return false;
    this.#short.set(sender, { sender, balance, needed });
    return true;
  }
}

/** What the newest attempts may cost that no block holds yet, by sender. */
export function sumOpen(
  attempts: readonly StoredAttempt[],
  transactions: readonly StoredTransaction[],
): Map<Address, bigint> {
  const sums = new Map<Address, bigint>();
  for (const { id, state } of transactions) {
    const newest = attempts.findLast(({ transactionId }) => transactionId === id);
    if (newest === undefined || (state !== "signed" && state !== "sent")) continue;
    const { sender, gas, maxFeePerGas } = newest;
    sums.set(sender, (sums.get(sender) ?? 0n) + BigInt(gas) * BigInt(maxFeePerGas));
  }
  return sums;
}

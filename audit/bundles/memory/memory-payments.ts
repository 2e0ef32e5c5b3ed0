import type { Address } from "../../facts/primitives.ts";
import type { LanePayment, Payments } from "../lane-payments.ts";
import { compare, laneKey } from "./shelf.ts";

const NONE: LanePayment = { paid: 0n, settled: 0n, isClaimed: false, skippedIn: null };

/** What lane-payments.ts keeps in tables. */
export class MemoryPayments implements Payments {
  readonly #byLane = new Map<string, Map<Address, LanePayment>>();

  settle(payer: Address, lane: number, payee: Address, amount: bigint): void {
    this.#change(payer, lane, payee, (one) => ({
      ...one,
      paid: greater(one.paid, amount),
      settled: greater(one.settled, amount),
    }));
  }

  claim(payer: Address, lane: number, payee: Address, total: bigint): void {
    this.#change(payer, lane, payee, (one) => ({ ...one, paid: greater(one.paid, total), isClaimed: true }));
  }

  skip(payer: Address, lane: number, payee: Address, batch: number): void {
    this.#change(payer, lane, payee, (one) => ({ ...one, skippedIn: batch }));
  }

  of(payer: Address, lane: number): (LanePayment & { readonly payee: Address })[] {
    const payees = this.#byLane.get(laneKey(payer, lane)) ?? new Map<Address, LanePayment>();
    return [...payees].sort(([a], [b]) => compare(a, b)).map(([payee, one]) => ({ payee, ...one }));
  }

  #change(payer: Address, lane: number, payee: Address, change: (one: LanePayment) => LanePayment): void {
    const key = laneKey(payer, lane);
    const payees = this.#byLane.get(key) ?? new Map<Address, LanePayment>();
    this.#byLane.set(key, payees);
    const name = payee.toLowerCase() as Address;
    payees.set(name, change(payees.get(name) ?? NONE));
  }
}

function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

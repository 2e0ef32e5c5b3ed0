import type { EventOf } from "../facts/events.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { Observer } from "../replay/observer.ts";

/** A batch with a row that a proof needs: what its calldata does not say. */
export interface GatheredBatch {
  readonly number: number;
  readonly tx: Hex;
  /** Which of the transaction's batches, from 0. */
  readonly call: number;
  readonly operator: Address;
  readonly outcomeHash: Hex;
  /** Of each group; bit i: row i was paid. */
  readonly paidRows: readonly bigint[];
  readonly block: number;
  readonly time: number;
}

export interface GatheredClaim {
  readonly event: EventOf<"Claimed">;
  readonly tx: Hex;
  readonly block: number;
  readonly time: number;
}

export interface Gathered {
  readonly batches: readonly GatheredBatch[];
  readonly claims: readonly GatheredClaim[];
}

/** A row, or a claim. */
export interface LaneOfParties {
  readonly payer: Address;
  readonly payee: Address;
  readonly lane: number;
  /** False for a row that was skipped. */
  readonly isPaid: boolean;
}

/** Keeps the last `most` batches and claims that have a wanted lane. */
export function createGatherer(
  isWanted: (lane: LaneOfParties) => boolean,
  most: number,
): { readonly observer: Observer; close(): Gathered } {
  const [batches, claims]: [GatheredBatch[], GatheredClaim[]] = [[], []];
  let wanted = false;
  let bits = new Map<object, bigint>();
  let inTransaction = { hash: "", batches: 0 };
  const keep = <T>(list: T[], item: T): void => {
    list.push(item);
    if (list.length > most) list.shift();
  };

  const observer: Observer = {
    rowJudged(_run, _facts, { group, row, isPaid }) {
      const { payer, rows } = group;
      wanted ||= isWanted({ payer, payee: row.payee, lane: row.lane, isPaid });
      const bit = isPaid ? 1n << BigInt(rows.indexOf(row)) : 0n;
      bits.set(group, (bits.get(group) ?? 0n) | bit);
    },
    batchSettled(run, facts, _batch, { number, settled: { outcomeHash } }) {
      const call = countIn(facts);
      const { operator } = run.state;
      const { hash: tx, block, time } = facts;
      const paidRows = [...bits.values()];
      if (wanted) keep(batches, { number, tx, call, operator, outcomeHash, paidRows, block, time });
      wanted = false;
      bits = new Map();
    },
    afterEvent(_run, { hash: tx, block, time }, event) {
      if (event.kind === "Claimed" && isWanted({ ...event, isPaid: true })) keep(claims, { event, tx, block, time });
    },
  };
  const countIn = ({ hash }: TransactionFacts): number => {
    inTransaction = hash === inTransaction.hash ? { hash, batches: inTransaction.batches + 1 } : { hash, batches: 0 };
    return inTransaction.batches;
  };
  return { observer, close: () => ({ batches, claims }) };
}

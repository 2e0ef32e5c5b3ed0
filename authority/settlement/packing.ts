import type { Address } from "../../protocol/base/ids.ts";
import type { Batch } from "../../protocol/contract/batch.ts";
import { MAX_STATEMENT_LANES as MAX_GROUP_ROWS } from "../../protocol/signed/statement.ts";

/** Rows that only make sense together: one voucher, or all lanes of a statement. */
export interface Parcel {
  readonly payer: Address;
  readonly sessionKey: Address;
  readonly payees: readonly Address[];
}

/**
 * What each part of a batch costs at most. Gas: with every balance and lane word still zero. Bytes:
 * as in protocol/contract/batch.ts.
 */
export interface PartCosts {
  readonly group: Cost;
  readonly payee: Cost;
  readonly row: Cost;
}

interface Cost {
  readonly gas: number;
  readonly bytes: number;
}

export const VOUCHER_COSTS: PartCosts = {
  group: { gas: 35_000, bytes: 41 },
  payee: { gas: 24_000, bytes: 20 },
  row: { gas: 7_500, bytes: 82 },
};

/** A group is one statement. */
export const STATEMENT_COSTS: PartCosts = {
  group: { gas: 42_000, bytes: 105 },
  payee: { gas: 24_000, bytes: 20 },
  row: { gas: 2_000, bytes: 18 },
};

/** Below the 16,777,216 gas of one transaction (EIP-7825), and the 128 KiB that nodes pass on. */
const LIMIT: Cost = { gas: 14_000_000, bytes: 120_000 };

/** Of a claim, all included. */
export const CLAIM_GAS = 110_000;

/** Of a batch without groups. */
export const BASE_GAS = 100_000;
/** Gas of a further bitmap word that is still zero. */
const WORD_GAS = 22_500;
const WORD_LANES = 256;

/**
 * What a batch takes at most, whatever its rows meet on-chain. A limit below that would let anyone
 * make
 * the batch fail by using lanes up before it. What is not used costs nothing.
 */
export function worstGasOf({ kind, payees, groups }: Batch): bigint {
  const { group, payee, row } = kind === "statements" ? STATEMENT_COSTS : VOUCHER_COSTS;
  const rows = groups.reduce((sum, one) => sum + one.rows.length, 0);
  const words = groups.reduce(
    (sum, one) => sum + new Set(one.rows.map(({ lane }) => Math.floor(lane / WORD_LANES))).size,
    0,
  );
  const fixed = BASE_GAS + groups.length * group.gas + payees.length * payee.gas;
  return BigInt(fixed + rows * row.gas + (words - groups.length) * WORD_GAS);
}

/** Splits parcels into loads that fit into one transaction each, in their order. */
export function pack<P extends Parcel>(parcels: readonly P[], costs: PartCosts): P[][] {
  const loads: P[][] = [];
  let load: P[] = [];
  let contents = new Contents(costs);
  for (const parcel of parcels) {
    if (load.length > 0 && !contents.fits(parcel)) {
      loads.push(load);
      load = [];
      contents = new Contents(costs);
    }
    contents.add(parcel);
    load.push(parcel);
  }
  if (load.length > 0) loads.push(load);
  return loads;
}

class Contents {
  readonly #costs: PartCosts;
  /** Rows so far by payer and session. */
  readonly #rows = new Map<string, number>();
  readonly #payees = new Set<Address>();
  #gas = BASE_GAS;
  #bytes = 40;

  constructor(costs: PartCosts) {
    this.#costs = costs;
  }

  fits(parcel: Parcel): boolean {
    const { gas, bytes } = this.#costOf(parcel);
    return this.#gas + gas <= LIMIT.gas && this.#bytes + bytes <= LIMIT.bytes;
  }

  add(parcel: Parcel): void {
    const { gas, bytes } = this.#costOf(parcel);
    this.#gas += gas;
    this.#bytes += bytes;
    this.#rows.set(keyOf(parcel), (this.#rows.get(keyOf(parcel)) ?? 0) + parcel.payees.length);
    for (const payee of parcel.payees) this.#payees.add(payee);
  }

  #costOf(parcel: Parcel): Cost {
    const { payees } = parcel;
    const { group, payee, row } = this.#costs;
    const isStatement = this.#costs === STATEMENT_COSTS;
    const groups = isStatement || (this.#rows.get(keyOf(parcel)) ?? 0) % MAX_GROUP_ROWS === 0 ? 1 : 0;
    const fresh = [...new Set(payees)].filter((address) => !this.#payees.has(address)).length;
    const sum = (of: (cost: Cost) => number): number =>
      groups * of(group) + fresh * of(payee) + payees.length * of(row);
    return { gas: sum(({ gas }) => gas), bytes: sum(({ bytes }) => bytes) };
  }
}

function keyOf({ payer, sessionKey }: Parcel): string {
  return payer + sessionKey;
}

import type { Address } from "../facts/primitives.ts";

export interface Flow {
  readonly payer: Address;
  readonly payee: Address;
  /** Base units, before fees. */
  readonly amount: bigint;
}

export interface FlowSums {
  /** Greatest first. */
  readonly top: readonly Flow[];
  /** All that `top` does not hold: base units. */
  readonly rest: bigint;
}

export interface FlowBook {
  add(payer: Address, payee: Address, amount: bigint): void;
  close(): FlowSums;
}

/** Pairs that are shown. */
const TOP = 200;
/** Pairs kept at most. Beyond that, the smaller half goes into `rest`. */
const MAX_PAIRS = 20_000;

/**
 * Sums per payer and payee in bounded memory. Exact up to `maxPairs` pairs; beyond that, never too
 * high.
 */
export function createFlowBook(maxPairs = MAX_PAIRS): FlowBook {
  let flows = new Map<string, Flow>();
  let rest = 0n;
  const keepGreatest = (count: number): Flow[] => {
    const sorted = [...flows.values()].toSorted(byAmount);
    rest += sorted.slice(count).reduce((sum, { amount }) => sum + amount, 0n);
    return sorted.slice(0, count);
  };
  return {
    add(payer, payee, amount) {
      const key = `${payer}/${payee}`;
      flows.set(key, { payer, payee, amount: (flows.get(key)?.amount ?? 0n) + amount });
      if (flows.size <= maxPairs) return;
      flows = new Map(keepGreatest(Math.ceil(maxPairs / 2)).map((flow) => [`${flow.payer}/${flow.payee}`, flow]));
    },
    close() {
      const top = keepGreatest(TOP);
      return { top, rest };
    },
  };
}

function byAmount(a: Flow, b: Flow): number {
  if (a.amount !== b.amount) return a.amount < b.amount ? 1 : -1;
  return `${a.payer}/${a.payee}` < `${b.payer}/${b.payee}` ? -1 : 1;
}

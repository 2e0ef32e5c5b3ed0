import { createHash } from "node:crypto";

/** Choices that a seed repeats: a miss can be looked at again. */
export interface Random {
  /** 0 to `limit` - 1. */
  below(limit: number): number;
  /** Both ends included. */
  between(least: bigint, most: bigint): bigint;
  /** True once in `times`. */
  once(times: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
}

const BITS_48 = 2n ** 48n;

export function createRandom(seed: string): Random {
  let count = 0;
  const next = (): bigint => {
    const digest = createHash("sha256").update(`${seed}/${count++}`).digest("hex");
    return BigInt(`0x${digest.slice(0, 12)}`);
  };
  const between = (least: bigint, most: bigint): bigint => least + (next() * (most - least + 1n)) / BITS_48;
  const below = (limit: number): number => Number(between(0n, BigInt(limit) - 1n));
  return {
    below,
    between,
    once: (times) => below(times) === 0,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error("there is nothing to pick from");
      return items[below(items.length)] as T;
    },
    shuffled<T>(items: readonly T[]): T[] {
      const rest = [...items];
      return items.map(() => rest.splice(below(rest.length), 1)[0] as T);
    },
  };
}

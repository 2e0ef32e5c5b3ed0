import { type Cipheriv, createCipheriv, createHash, randomBytes } from "node:crypto";
import { bytesToHex, readUint } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { BatchHead } from "../../../protocol/contract/batch.ts";

/** How many values are compared: all of them at night, a tenth in `npm test`. */
export function scaled(count: number): number {
  return process.env.FLOODGATE_DEEP === "1" ? count : Math.ceil(count / 10);
}

/** Greater than any value that a test asks for. */
const POOL_BYTES = 1 << 16;

/** Random values from a seed, which is printed: the same seed gives the same values. */
export class Random {
  readonly #stream: Cipheriv;
  #pool: Uint8Array = new Uint8Array();

  constructor(name: string) {
    const seed = process.env.FLOODGATE_SEED ?? randomBytes(8).toString("hex");
    console.log(`${name}: FLOODGATE_SEED=${seed} repeats this run`);
    const key = createHash("sha256").update(`${name} ${seed}`).digest();
    this.#stream = createCipheriv("aes-256-ctr", key, new Uint8Array(16));
  }

  bytes(length: number): Uint8Array {
    if (this.#pool.length < length) this.#pool = Uint8Array.from(this.#stream.update(new Uint8Array(POOL_BYTES)));
    const taken = this.#pool.slice(0, length);
    this.#pool = this.#pool.subarray(length);
    return taken;
  }

  /**
   * 0 to `limit` - 1; `limit` is at most 2^32, so the bias is below one in a million for the small
   * limits of tests.
   */
  below(limit: number): number {
    return Number(readUint(this.bytes(4), 0, 4)) % limit;
  }

  /** Below 2^(8 * `length`); one in eight is 0, one in eight the greatest. */
  uint(length: number): bigint {
    const choice = this.below(8);
    if (choice === 0) return 0n;
    if (choice === 1) return (1n << BigInt(8 * length)) - 1n;
    return readUint(this.bytes(length), 0, length);
  }

  /** As `uint`, for what programs keep as a number. */
  number(length: 3 | 4 | 5): number {
    return Number(this.uint(length));
  }

  /** Of a batch that is good for ever. */
  batchHead(): BatchHead {
    return { bundleHash: bytesToHex(this.bytes(32)), validUntil: 2 ** 40 - 1 };
  }

  address(): Address {
    return bytesToHex(this.bytes(20));
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] as T;
  }

  /** `count` different numbers below 2^32, ascending. */
  lanes(count: number): number[] {
    const lanes = new Set<number>();
    while (lanes.size < count) lanes.add(this.number(4));
    return [...lanes].sort((a, b) => a - b);
  }
}

export function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Runs of `size`, so that one call of the chain takes many values but not all. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return many(Math.ceil(list.length / size), (i) => list.slice(i * size, (i + 1) * size));
}

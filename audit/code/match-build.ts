import { keccakOfDigits } from "../facts/keccak.ts";
import type { Hex } from "../facts/primitives.ts";
import type { Build } from "./build.ts";

/** Code on a chain that is made of a build. */
export interface Match {
  readonly build: Build;
  /** By name. Null: it stands in several places, and differs among them. */
  readonly immutables: ReadonlyMap<string, bigint | null>;
}

/** Digits of one immutable. */
const WORD = 64;

/** The build that this code is made of. Null: none of these. Pure. */
export function matchBuild(code: Hex, builds: readonly Build[]): Match | null {
  for (const build of builds) {
    if (code.length !== 2 + 2 * build.bytes) continue;
    if (maskedHash(code, build) === build.codeHash) return { build, immutables: immutablesOf(code, build) };
  }
  return null;
}

/** keccak-256 of the code with zeros in place of the immutables. */
export function maskedHash(code: Hex, { immutables, unnamed = [] }: Pick<Build, "immutables" | "unnamed">): Hex {
  let digits = code.slice(2);
  for (const start of [...Object.values(immutables).flat(), ...unnamed])
    digits = digits.slice(0, 2 * start) + "0".repeat(WORD) + digits.slice(2 * start + WORD);
  return `0x${keccakOfDigits(digits)}`;
}

function immutablesOf(code: Hex, { immutables }: Build): Map<string, bigint | null> {
  return new Map(
    Object.entries(immutables).map(([name, starts]) => {
      const values = new Set(starts.map((start) => BigInt(`0x${code.slice(2 + 2 * start, 2 + 2 * start + WORD)}`)));
      return [name, values.size === 1 ? ([...values][0] ?? null) : null];
    }),
  );
}

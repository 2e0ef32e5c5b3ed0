import type { Hex } from "../facts/primitives.ts";

/** A build of a contract, as far as it says which code on a chain is made of it. */
export interface Build {
  readonly contract: string;
  /** Of the package that it came with, or the file that it was read from. */
  readonly version: string;
  /** Length of the deployed code. */
  readonly bytes: number;
  /** keccak-256 of the deployed code with zeros in place of its immutables. */
  readonly codeHash: Hex;
  /** Where the 32 bytes of each immutable stand, by name. */
  readonly immutables: Readonly<Record<string, readonly number[]>>;
  /** Where immutables stand whose names are not known. */
  readonly unnamed?: readonly number[];
}

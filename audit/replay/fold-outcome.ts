import { keccakOfHex } from "../facts/keccak.ts";
import type { Hex } from "../facts/primitives.ts";

/** A batch's outcome hash before its first group. */
export function beginOutcome(header: Hex): Hex {
  return keccakOfHex(header);
}

/**
 * Adds one group: h = keccak256(abi.encode(h, keccak256(group), rows)); bit i of `paidRows`: row i
 * paid.
 */
export function foldOutcome(hash: Hex, groupHash: Hex, paidRows: bigint): Hex {
  return keccakOfHex(`${hash}${groupHash.slice(2)}${paidRows.toString(16).padStart(64, "0")}`);
}

import { keccakOf, keccakOfDigits } from "../facts/keccak.ts";
import { type PackedRow, packRows } from "../facts/packed-rows.ts";
import type { Address, Hex } from "../facts/primitives.ts";

/**
 * What a batch leaves on the chain: the root of a Merkle tree with a leaf for each group, in order.
 * All nodes are hex digits without 0x, and lower case, so that text compares as numbers do.
 */

/** The leaf of one group; bit i of `paidRows`: row i paid. */
export function leafOfGroup(payer: Address, rows: readonly PackedRow[], paidRows: bigint): string {
  return leafOf(payer, keccakOf(packRows(rows)), paidRows);
}

/** keccak256(abi.encode(payer, keccak256(rows), paidRows)), of rows as `packRows` packs them. */
export function leafOf(payer: Address, rowsHash: string, paidRows: bigint): string {
  const word = paidRows.toString(16).padStart(64, "0");
  return keccakOfDigits(`${"0".repeat(24)}${payer.slice(2)}${rowsHash}${word}`);
}

/** The outcome hash over at least one leaf. A last node without a neighbour moves up. */
export function rootOf(leaves: readonly string[]): Hex {
  let nodes = leaves;
  while (nodes.length > 1) {
    const parents: string[] = [];
    for (let i = 0; i < nodes.length; i += 2) {
      const [left, right] = [nodes[i] as string, nodes[i + 1]];
      parents.push(right === undefined ? left : parentOf(left, right));
    }
    nodes = parents;
  }
  return `0x${nodes[0]}`;
}

/** The root to which a leaf leads by the hashes beside its way. */
export function rootBy(leaf: string, proof: readonly Hex[]): Hex {
  return `0x${proof.reduce((node, beside) => parentOf(node, beside.slice(2)), leaf)}`;
}

/** The lesser child comes first. */
function parentOf(one: string, other: string): string {
  return keccakOfDigits(one < other ? one + other : other + one);
}

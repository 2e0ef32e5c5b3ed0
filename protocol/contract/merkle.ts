import { concatBytes } from "../base/bytes.ts";
import { keccak256 } from "../base/hashes.ts";

/**
 * Merkle trees as OpenZeppelin's MerkleProof reads them: a node is keccak256 of its two children,
 * the lesser first; a
 * last node without a neighbour moves up. Mirror of contracts/libraries/settlement/OutcomeLib.sol.
 */

/** Root over at least one leaf of 32 bytes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let nodes = leaves;
  while (nodes.length > 1) nodes = nextLevel(nodes);
  return nodes[0] as Uint8Array;
}

/** The hashes beside the way from leaf `index` to the root. */
export function merkleProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  const proof: Uint8Array[] = [];
  for (let nodes = leaves, at = index; nodes.length > 1; nodes = nextLevel(nodes), at >>= 1) {
    const neighbour = nodes[at ^ 1];
    if (neighbour) proof.push(neighbour);
  }
  return proof;
}

function nextLevel(nodes: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i < nodes.length; i += 2) {
    const [left, right] = [nodes[i] as Uint8Array, nodes[i + 1]];
    parents.push(right ? hashPair(left, right) : left);
  }
  return parents;
}

function hashPair(a: Uint8Array, b: Uint8Array): Uint8Array {
  return keccak256(isBelow(b, a) ? concatBytes(b, a) : concatBytes(a, b));
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

import { dataLength, decodeRlp, keccak256, type RlpStructuredData } from "ethers";
import type { Hex } from "../facts/primitives.ts";

type Node = readonly RlpStructuredData[];

/**
 * What a Merkle Patricia trie with this root holds at `key` (Ethereum Yellow Paper, appendix D).
 * Keys are hashed, as in all of Ethereum's state. Null: the proof shows that nothing is there. A
 * string says why the nodes prove neither.
 */
export function readTrie(root: Hex, key: Hex, nodes: readonly Hex[]): { readonly value: Hex | null } | string {
  let path = keccak256(key).slice(2);
  let reference: RlpStructuredData = root;
  let used = 0;
  const end = (value: Hex | null): { readonly value: Hex | null } | string =>
    used === nodes.length ? { value } : "its proof holds a node that belongs nowhere";
  for (;;) {
    let node: Node;
    if (typeof reference === "string") {
      const bytes = nodes[used++];
      if (bytes === undefined) return "its proof ends too early";
      if (keccak256(bytes) !== reference) return "its proof does not lead to the root";
      node = asList(decodeRlp(bytes));
    } else node = reference;

    if (node.length === 17) {
      if (path === "") return end(asValue(node[16]));
      const child = node[Number.parseInt(path[0] as string, 16)] as RlpStructuredData;
      path = path.slice(1);
      if (child === "0x") return end(null);
      reference = child;
      continue;
    }
    if (node.length !== 2) return "its proof holds something that is no node";
    const { isLeaf, nibbles } = readPrefix(node[0] as RlpStructuredData);
    if (!path.startsWith(nibbles) || (isLeaf && path !== nibbles)) return end(null);
    if (isLeaf) return end(asValue(node[1]));
    path = path.slice(nibbles.length);
    reference = node[1] as RlpStructuredData;
  }
}

/** Hex-prefix encoding (appendix C). */
function readPrefix(encoded: RlpStructuredData): { readonly isLeaf: boolean; readonly nibbles: string } {
  const text = typeof encoded === "string" ? encoded.slice(2) : "";
  const flags = Number.parseInt(text[0] ?? "0", 16);
  return { isLeaf: flags >= 2, nibbles: text.slice(flags % 2 === 1 ? 1 : 2) };
}

function asList(item: RlpStructuredData): Node {
  return typeof item === "string" ? [] : item;
}

function asValue(item: RlpStructuredData | undefined): Hex | null {
  return typeof item === "string" && dataLength(item) > 0 ? item : null;
}

import { NodeRefusal } from "./node.ts";

/** What errors of nodes tell of the chain, and what only of the node. */

/** -32005 and -32600 to -32602 are what providers say of ranges; others only have a text. */
const RANGE_CODES = [-32005, -32600, -32602, 35, -32614];
const RANGE_TEXT = /range|too many|more than|limit|exceed|response size|too large|query returned|timed? ?out/i;

/** Old state is gone. A block that a node does not have, or not yet, is no such thing. */
const PRUNED_TEXT =
  /missing trie node|pruned|historical state|state .{0,80}(not |un)available|no state available|distance to target block/i;

/** Other words of several makers for the same: they count as one answer. */
export type Reason = "range" | "pruned";

/** Null: it is another error, or no refusal of a node. `error`: as viem wraps it, or the node's. */
function reasonOf(method: string, error: unknown): Reason | null {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (!(one instanceof NodeRefusal)) continue;
    if (PRUNED_TEXT.test(one.message)) return "pruned";
    if (method !== "eth_getLogs") return null;
    return RANGE_CODES.includes(one.code) || RANGE_TEXT.test(one.message) ? "range" : null;
  }
  return null;
}

/** Whether the node would answer for logs of fewer blocks. */
export function isRangeRefused(error: unknown): boolean {
  return reasonOf("eth_getLogs", error) === "range";
}

/** Whether no asked node has the state of that block any more. */
export function isPruned(error: unknown): boolean {
  return reasonOf("eth_call", error) === "pruned";
}

/** Whether the error tells something of the chain, or of what can be asked of this node. */
export function isAnswer(method: string, error: NodeRefusal): boolean {
  const { code, data, message } = error;
  if (code === 3 || data !== undefined || reasonOf(method, error) !== null) return true;
  return /revert|exceeds|limit|range|too many|insufficient/i.test(message);
}

/** What of a refusal must be the same. */
export function essenceOfRefusal(method: string, error: NodeRefusal): string {
  const { data, message } = error;
  return `refused: ${reasonOf(method, error) ?? (typeof data === "string" ? data : message)}`;
}

/** Whether it only says what this node cannot do: nobody is to blame for that. */
export function isInability(method: string, error: NodeRefusal | null): boolean {
  return error !== null && reasonOf(method, error) !== null;
}

import { NodeRefusal } from "./node.ts";

/** How many blocks a node answers for at once. It shrinks when a node refuses, and grows again. */
export class LogRange {
  readonly #most: number;
  #blocks: number;

  constructor(most: number) {
    this.#most = most;
    this.#blocks = most;
  }

  get blocks(): number {
    return this.#blocks;
  }

  /** Half of it. False: it is one block, and that is refused, too. */
  shrink(): boolean {
    if (this.#blocks === 1) return false;
    this.#blocks = Math.floor(this.#blocks / 2);
    return true;
  }

  grow(): void {
    this.#blocks = Math.min(this.#blocks * 2, this.#most);
  }
}

/** -32005 and -32600 to -32602 are what providers say of ranges; others only have a text. */
const RANGE_CODES = [-32005, -32600, -32602, 35, -32614];
const RANGE_TEXT = /range|too many|more than|limit|exceed|response size|too large|query returned|timed? ?out/i;

/** Whether the node would answer for fewer blocks. `error`: as viem wraps it, or the node's own. */
export function isRangeRefused(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof NodeRefusal) return RANGE_CODES.includes(one.code) || RANGE_TEXT.test(one.message);
  }
  return false;
}

const PRUNED =
  /missing trie node|pruned|historical state|state (is )?not available|header not found|unknown block|block not found|distance to target block/i;

/** Whether no asked node has the state of that block any more. */
export function isPruned(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof NodeRefusal) return PRUNED.test(one.message);
  }
  return false;
}

import type { Hex } from "../../protocol/base/bytes.ts";

/** A block of the chain, as far as decisions about money need it. */
export interface Block {
  readonly number: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** A block, bound to its hash, and by that of its parent to all before it. */
export interface Header extends Block {
  readonly hash: Hex;
  readonly parentHash: Hex;
}

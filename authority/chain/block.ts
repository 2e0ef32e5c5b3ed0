/** A block of the chain, as far as decisions about money need it. */
export interface Block {
  readonly number: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

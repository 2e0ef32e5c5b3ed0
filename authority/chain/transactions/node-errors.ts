/**
 * What a node's refusal of a transaction means. The JSON-RPC codes do not tell: geth and its kin
 * say -32000 for nearly all. The texts are those of geth (core/txpool/errors.go, core/error.go),
 * Nethermind (AcceptTxResult.cs), Erigon (txpoolcfg.go), Besu (RpcErrorType.java), Hardhat (EDR's
 * mempool) and anvil (foundry's eth/error.rs).
 */
export type SendAnswer =
  /** Taken, now or before. */
  | "taken"
  /** The chain holds a transaction of this nonce. */
  | "nonceUsed"
  /** Too cheap, for the pool or as a replacement: sign it anew with a higher fee. */
  | "underpriced"
  /** The operator cannot pay its gas. */
  | "funds"
  /** The pool, or the operator's place in it, is full; or a lower nonce is missing. */
  | "later"
  /** Never taken as it is, such as with more gas than a block has. */
  | "never"
  /** A reason that is not known here: send it later, and tell. */
  | "unknown";

const TABLE: readonly (readonly [RegExp, SendAnswer])[] = [
  [
    /already known|AlreadyKnown|known transaction|already imported|existing tx with same hash|OwnNonceAlreadyUsed/i,
    "taken",
  ],
  // Hardhat has mined it, and tells at once how it went. Its receipt says the same.
  [/VM Exception while processing|Transaction reverted/i, "taken"],
  [/nonce too low|OldNonce|nonce.{0,30}too low|nonce .* below sender account nonce|already been used/i, "nonceUsed"],
  [
    /underpriced|ReplacementNotAllowed|could not replace existing tx|FeeTooLow|fee too low|fee per gas less than block base fee|is too low for the next block|below (configured|current) (minimum|base)|max fee per gas (is )?less than|GAS_PRICE_TOO_LOW|gas price below/i,
    "underpriced",
  ],
  [
    /insufficient funds|InsufficientFunds|upfront cost exceeds|up-front cost .* exceeds|enough funds to send tx|insufficient balance/i,
    "funds",
  ],
  [
    /pool is full|pool full|account limit exceeded|in-flight transaction limit|future transaction tries to replace|NonceGap|NonceTooFarInFuture|nonce too (high|distant)|too many transactions|sender.{0,20}limit|overflow sub-pool/i,
    "later",
  ],
  [
    /exceeds (the )?block gas limit|GasLimitExceeded|gas limit (is )?too high|gas limit .* exceeds|intrinsic gas|exceeds the configured cap|fee cap exceeded|oversized data|MaxTxSizeExceeded|Int256Overflow|invalid sender|SenderIsContract|gas uint64 overflow/i,
    "never",
  ],
];

export function classifyRefusal(error: unknown): SendAnswer {
  const text = textOf(error);
  return TABLE.find(([pattern]) => pattern.test(text))?.[1] ?? "unknown";
}

/** All that the error and its causes say. Viem puts what the node said into `details`. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { details } = at as { details?: unknown };
    texts.push(typeof details === "string" && details !== "" ? details : at.message);
  }
  return texts.join("\n").slice(0, 2_000);
}

/** Whether a node has answered at all, so that what it said is about the transaction. */
export function isNodeAnswer(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++)
    if (typeof (at as { code?: unknown }).code === "number") return true;
  return false;
}

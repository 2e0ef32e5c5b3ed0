import { InputError } from "../../protocol/base/errors.ts";
import type { ChainSource } from "./mirror/source.ts";

/** Blocks that must follow, or a tag of the chain (execution-apis, "BlockNumberOrTag"). */
export type Finality = number | "finalized" | "safe";

/** Of a devnet, where nobody else makes blocks. */
export const DEVNET_CONFIRMATIONS = 2;

/** Chains on which money is play money, whose blocks come as a test wants them. */
const DEVNETS = [31_337, 1_337];

export function isDevnet(chainId: number | null): boolean {
  return chainId !== null && DEVNETS.includes(chainId);
}

/**
 * When a block counts. `configured`: what the operator said; null: nothing.
 * @throws {InputError} CONFIG_INVALID
 */
export function chooseFinality(configured: Finality | null, chainId: number): Finality {
  if (configured === null) return isDevnet(chainId) ? DEVNET_CONFIRMATIONS : "finalized";
  if (configured === 0 && !isDevnet(chainId))
    throw new InputError(
      "CONFIG_INVALID",
      `on chain ${chainId} money is real, and the newest block may go away: --confirmations takes 1 or more`,
    );
  return configured;
}

/**
 * Refuses a tag that the chain does not have.
 * @throws {InputError} CONFIG_INVALID; {ChainError} RPC_UNAVAILABLE
 */
export async function checkFinality(
  source: Pick<ChainSource, "head" | "finalHeight">,
  finality: Finality,
): Promise<void> {
  if (typeof finality === "number") return;
  if ((await source.finalHeight(await source.head())) < 0)
    throw new InputError(
      "CONFIG_INVALID",
      `the chain names no ${finality} block: say with --confirmations how many blocks make one final`,
    );
}

import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { isDevnet, refuseWellKnown } from "../devnet/devnet-keys.ts";

/**
 * What a rollup's sequencer can keep out of the chain, and a margin: Arbitrum's takes 24 hours to
 * get around. Claims and exits need longer than that.
 */
const MIN_CLAIM_PERIOD_SEC = 48 * 3600;

/** Long enough for customers and payees to see what the owner has announced, and leave. */
const TIMELOCK_SEC = 7 * 24 * 3600;

/** Delay of the owner's timelock where none was asked for, seconds; 0 for no timelock. */
export function defaultTimelock(chainId: number): number {
  return isDevnet(chainId) ? 0 : TIMELOCK_SEC;
}

/**
 * Rules where money is real. A hot key as owner would turn its theft into the theft of the bond.
 * `hotKeys`: those that the authority's machine holds, the one that pays the gas included.
 * @throws {InputError} OWNER_MISSING, OWNER_INVALID, WELL_KNOWN_KEY, CLAIM_PERIOD_TOO_SHORT
 */
export function checkRealMoney(
  { owner, claimPeriodSec }: { readonly owner: Address | undefined; readonly claimPeriodSec: number },
  chainId: number,
  hotKeys: readonly string[],
): void {
  if (owner === undefined) {
    throw new InputError("OWNER_MISSING", `chain ${chainId} is no devnet: give --owner with a cold key or a contract`);
  }
  if (hotKeys.some((key) => parseAddress(key) === owner)) {
    throw new InputError(
      "OWNER_INVALID",
      `the owner ${owner} is the operator or the allotter, whose key is hot: give another --owner`,
    );
  }
  refuseWellKnown(chainId, owner);
  if (claimPeriodSec < MIN_CLAIM_PERIOD_SEC) {
    throw new InputError(
      "CLAIM_PERIOD_TOO_SHORT",
      `a claim period of ${claimPeriodSec} s is too short for chain ${chainId}: give --claim-period ${MIN_CLAIM_PERIOD_SEC} or more, because a sequencer can delay a claim by a day`,
    );
  }
}

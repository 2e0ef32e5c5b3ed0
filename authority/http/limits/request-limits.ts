import { MAX_PUSH } from "../../../protocol/base/constants.ts";
import { AccessError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { prefixOf } from "../../../protocol/base/ip-address.ts";
import { RateLimiter } from "../../../protocol/base/rate-limiter.ts";

/**
 * What callers may ask of the authority, in units: one for a small request that reads. A network
 * prefix pays for strangers in full, and a part for its accounts, so that a household of peers is
 * not one caller, and many accounts of one attacker are. Each account pays in full.
 */
export interface RequestLimits {
  /** @throws {AccessError} RATE_LIMITED */
  takeOfNetwork(address: string, units: number): void;
  /** `address`: from where it asks. @throws {AccessError} RATE_LIMITED */
  takeOfAccount(account: Address, units: number, address: string): void;
  /**
   * Whether this network has gone on asking after many refusals: its connections are closed without
   * an answer.
   */
  isDeaf(address: string): boolean;
  /** Gives most of the units back that went into what turned out to be of use. */
  reward(address: string, account: Address, units: number): void;
}

/** The part that a request of an account takes from its prefix. */
export const NETWORK_PART = 0.1;
/** The part that useful work costs its account. */
const USEFUL_PART = 0.1;
/** Units of this many seconds may be taken at once, */
const BURST_SEC = 10;
/** and never less than the dearest request costs: a push of the most vouchers. */
const MIN_BURST = MAX_PUSH + 100;

/**
 * Refusals of one network that are said. An answer costs the authority more than a new connection
 * costs the asker, so whoever asks all the same gets none.
 */
const REFUSALS = { perSecond: 5, burst: 50 };

export function createRequestLimits(unitsPerMinute: number, nowMs: () => number): RequestLimits {
  const perSecond = unitsPerMinute / 60;
  const rate = { perSecond, burst: Math.max(MIN_BURST, perSecond * BURST_SEC) };
  const networks = new RateLimiter(rate, nowMs);
  const accounts = new RateLimiter(rate, nowMs);
  const refusals = new RateLimiter(REFUSALS, nowMs);
  const refuse = (waitMs: number, whose: string, address: string): void => {
    if (waitMs === 0) return;
    refusals.take(prefixOf(address), 1);
    throw rateLimited(waitMs, whose);
  };
  return {
    takeOfNetwork: (address, units) => refuse(networks.take(prefixOf(address), units), "this network", address),
    takeOfAccount: (account, units, address) => refuse(accounts.take(account, units), "this account", address),
    isDeaf: (address) => refusals.wait(prefixOf(address), 1) > 0,
    reward(address, account, units) {
      networks.refund(prefixOf(address), units * NETWORK_PART);
      accounts.refund(account, units * (1 - USEFUL_PART));
    },
  };
}

function rateLimited(waitMs: number, whose: string): AccessError {
  const retryAfterSec = Math.max(1, Math.ceil(waitMs / 1_000));
  return new AccessError("RATE_LIMITED", `too many requests from ${whose}: wait ${retryAfterSec} s`, {
    details: { retryAfterSec },
  });
}

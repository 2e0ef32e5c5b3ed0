/** A day more than the longest claim period that `floodgate deploy` allows. */
const KEEP_SEC = 31 * 24 * 3600;

/**
 * Lanes that expired before this time may be forgotten, seconds since 1970. A wrong time from the
 * authority must not make a payee throw away vouchers that it can still claim, so both clocks have
 * to agree that the claim period is long over.
 */
export function forgettableBefore(toldNow: number, machineNow: number): number {
  return Math.max(0, Math.min(toldNow, machineNow) - KEEP_SEC);
}

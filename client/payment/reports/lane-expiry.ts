/** A day more than the longest claim period that `floodgate deploy` allows. */
const KEEP_SEC = 31 * 24 * 3600;

/**
 * Lanes that expired before this time may be forgotten, seconds since 1970. T's word for the time or the claim period
 * must not make a payee throw away vouchers that it can still claim: both clocks have to say that it is long over.
 */
export function forgettableBefore(toldNow: number, machineNow: number): number {
  return Math.max(0, Math.min(toldNow, machineNow) - KEEP_SEC);
}

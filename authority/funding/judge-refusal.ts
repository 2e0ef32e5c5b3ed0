import type { Refusal } from "../chain/transactions/ending.ts";

/**
 * What the contract or its token says of a deposit that no wait mends. All else passes: a pause, an
 * empty treasury, an allowance that is not there yet, or a token's own reason.
 */
const FINAL = /^(AccountInvalid|AmountZero|TokenAmountMismatch)\(/;

/**
 * Whether a deposit that was charged goes on waiting to be credited, or is paid back to the card.
 * Pure.
 */
export function judgeRefusal({ reason, forSec }: Refusal, patienceSec: number): "wait" | "fail" {
  return isFinalRefusal(reason) || forSec >= patienceSec ? "fail" : "wait";
}

export function isFinalRefusal(reason: string): boolean {
  return FINAL.test(reason);
}

import { parseAmount } from "../../../protocol/base/units.ts";
import { FlowError } from "./wallet/flow-error.ts";

/** Base units of what was typed, above zero. @throws {FlowError} */
export function amountOf(text: string, decimals: number): bigint {
  let amount = 0n;
  try {
    amount = parseAmount(text.trim(), decimals);
  } catch {
    throw new FlowError(`Write an amount with at most ${decimals} decimals, like 12.5.`);
  }
  if (amount === 0n) throw new FlowError("Write an amount above zero.");
  return amount;
}

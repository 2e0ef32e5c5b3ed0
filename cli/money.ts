import { type Amount, formatAmount, printable } from "../protocol/base/units.ts";
import type { Info } from "../protocol/http/api.ts";

/** Base units for people: "5.000000 TUSD". */
export function formatMoney(amount: Amount | string, token: Info["token"]): string {
  return `${formatAmount(BigInt(amount), token.decimals)} ${printable(token.symbol)}`;
}

import { printable } from "../protocol/base/text.ts";
import { type Amount, formatAmount } from "../protocol/base/units.ts";
import type { Info } from "../protocol/http/public.ts";

/** Base units for people: "5.000000 TUSD". */
export function formatMoney(amount: Amount | string, token: Info["token"]): string {
  return `${formatAmount(BigInt(amount), token.decimals)} ${printable(token.symbol)}`;
}

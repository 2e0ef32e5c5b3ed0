import type { Address } from "./primitives.ts";

export interface TokenFacts {
  readonly address: Address;
  readonly symbol: string;
  readonly decimals: number;
}

/** A symbol is foreign text. */
const MAX_SYMBOL = 20;

/**
 * Base units as people read them, with all decimals: 1500000 of a token with 6 decimals is
 * "1.500000 TUSD".
 */
export function printMoney(amount: bigint, { symbol, decimals }: TokenFacts): string {
  return `${printTokens(amount, decimals)} ${symbol.slice(0, MAX_SYMBOL)}`;
}

/** The number alone. */
export function printTokens(amount: bigint, decimals: number): string {
  const sign = amount < 0n ? "-" : "";
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  return sign + (decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`);
}

import { printTokens, type TokenFacts } from "../facts/money-text.ts";
import type { Address } from "../facts/primitives.ts";

/**
 * Prints base units in tokens, with commas: 1234500000 of a token with 6 decimals is
 * "1,234.500000".
 */
export function tokens(amount: bigint, { decimals }: Pick<TokenFacts, "decimals">): string {
  return grouped(printTokens(amount, decimals));
}

/** A token may have any name, of any length. */
export function symbolOf({ symbol }: Pick<TokenFacts, "symbol">): string {
  return symbol.slice(0, 20);
}

export function grouped(number: string | bigint | number): string {
  const [whole = "", fraction] = String(number).split(".");
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}

/** A shortened address. */
export function brief(address: Address): string {
  return `${address.slice(0, 8)}…${address.slice(-6)}`;
}

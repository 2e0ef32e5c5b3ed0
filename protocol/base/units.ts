import { InputError, invariant } from "./errors.ts";
import { printable } from "./text.ts";

/** Money in base units of the token (10^-6 of a TestDollar on the devnet). Never a `number`. */
export type Amount = bigint;

export const MAX_UINT96 = (1n << 96n) - 1n;
export const MAX_UINT40 = 2 ** 40 - 1;
export const MAX_UINT32 = 2 ** 32 - 1;

const BYTES_PER_GIB_LOG2 = 30n;

export function min(a: Amount, b: Amount): Amount {
  return a < b ? a : b;
}

export function max(a: Amount, b: Amount): Amount {
  return a > b ? a : b;
}

/**
 * Price of `bytes` in base units, rounded down: the rule of every ledger, always applied to a
 * running total.
 */
export function owed(bytes: number, pricePerGiB: Amount): Amount {
  invariant(Number.isSafeInteger(bytes) && bytes >= 0, "BYTES_INVALID", `byte count out of range: ${bytes}`);
  return (BigInt(bytes) * pricePerGiB) >> BYTES_PER_GIB_LOG2;
}

/**
 * The greatest number of bytes for which `owed` is still <= `amount`; infinite when the price is
 * zero.
 */
export function bytesCovered(amount: Amount, pricePerGiB: Amount): number {
  if (pricePerGiB === 0n) return Number.POSITIVE_INFINITY;
  return Number((((amount + 1n) << BYTES_PER_GIB_LOG2) - 1n) / pricePerGiB);
}

/**
 * Parses a decimal string such as "12.5" into base units. No sign, exponent, separator or rounding.
 * @throws {InputError} AMOUNT_INVALID
 */
export function parseAmount(text: string, decimals: number): Amount {
  const match = /^(\d{1,30})(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? "";
  if (!match || fraction.length > decimals) {
    throw new InputError(
      "AMOUNT_INVALID",
      `"${printable(text)}" is not an amount: write digits with at most ${decimals} decimals, like 12.5`,
    );
  }
  return checkUint96(BigInt(match[1] + fraction.padEnd(decimals, "0")));
}

/**
 * Parses base units from a decimal integer string, as they cross JSON.
 * @throws {InputError} AMOUNT_INVALID
 */
export function parseBaseUnits(text: string): Amount {
  if (!/^(0|[1-9]\d{0,28})$/.test(text))
    throw new InputError("AMOUNT_INVALID", `"${printable(text)}" is not a whole number of base units`);
  return checkUint96(BigInt(text));
}

function checkUint96(value: bigint): Amount {
  if (value > MAX_UINT96) throw new InputError("AMOUNT_INVALID", "the amount is above 2^96-1 base units");
  return value;
}

/** Prints base units with all their decimals: 1500000n with 6 decimals is "1.500000". */
export function formatAmount(amount: Amount, decimals: number): string {
  const sign = amount < 0n ? "-" : "";
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Base units for people: "5.000000 TUSD". */
export function formatMoney(
  amount: Amount | string,
  token: { readonly symbol: string; readonly decimals: number },
): string {
  return `${formatAmount(BigInt(amount), token.decimals)} ${printable(token.symbol)}`;
}

/** Prints a byte count with a binary unit: 131072 is "128.0 KiB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

import { formatAmount, parseAmount } from "../../../protocol/base/units.ts";
import { InputError } from "./act.ts";

/** Between what people type and what the peer takes. Empty is null: no limit. */

const KIB = 1024;
const MIN_KIB = 16;

export function capOf(text: string, decimals: number): string | null {
  if (text.trim() === "") return null;
  try {
    return parseAmount(text.trim(), decimals).toString();
  } catch {
    throw new InputError(`Write an amount with at most ${decimals} decimals, like 12.5, or leave it empty.`);
  }
}

export function capText(cap: string | null, decimals: number): string {
  return cap === null ? "" : formatAmount(BigInt(cap), decimals);
}

/** Bytes a second, from KiB a second. */
export function limitOf(text: string): number | null {
  if (text.trim() === "") return null;
  const kib = Number(text.trim());
  if (!Number.isInteger(kib) || kib < MIN_KIB || kib > 2 ** 30)
    throw new InputError(`Write a limit in whole KiB a second, from ${MIN_KIB}, or leave it empty.`);
  return kib * KIB;
}

export function limitText(limit: number | null): string {
  return limit === null ? "" : String(Math.round(limit / KIB));
}

/** @throws {InputError} */
export function pathOf(text: string): string {
  const path = text.trim();
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path)) return path;
  throw new InputError("Write a whole path, as in /home/you/Downloads.");
}

import type { Address } from "./primitives.ts";

/** A row as a statement signs it, and as evidence shows it. */
export interface PackedRow {
  readonly payee: Address;
  readonly lane: number;
  readonly amount: bigint;
}

const DIGITS = { payee: 40, lane: 8, amount: 24 } as const;
const ROW_DIGITS = DIGITS.payee + DIGITS.lane + DIGITS.amount;

/** payee (20) | lane (4) | amount (12) of each row, in hex digits without 0x. */
export function packRows(rows: readonly PackedRow[]): string {
  let packed = "";
  for (const { payee, lane, amount } of rows)
    packed += payee.slice(2) + digits(lane, DIGITS.lane) + digits(amount, DIGITS.amount);
  return packed;
}

/** The lane of each packed row, in order. */
export function lanesOf(packed: string): number[] {
  return Array.from({ length: Math.floor(packed.length / ROW_DIGITS) }, (_, i) => {
    const start = i * ROW_DIGITS + DIGITS.payee;
    return Number.parseInt(packed.slice(start, start + DIGITS.lane), 16);
  });
}

function digits(value: bigint | number, count: number): string {
  return value.toString(16).padStart(count, "0");
}

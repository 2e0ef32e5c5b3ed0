import { writeHex, writeUint } from "../../protocol/base/bytes.ts";
import type { Address } from "./primitives.ts";

/** A row as a statement signs it, and as evidence shows it. */
export interface PackedRow {
  readonly payee: Address;
  readonly lane: number;
  readonly amount: bigint;
}

const BYTES = { payee: 20, lane: 4, amount: 12 } as const;
const ROW_BYTES = BYTES.payee + BYTES.lane + BYTES.amount;
const MAX_GROUP_ROWS = 255;
const scratch = new Uint8Array(MAX_GROUP_ROWS * ROW_BYTES);

/** payee (20) | lane (4) | amount (12) of each row. Good until the next call. */
export function packRows(rows: readonly PackedRow[]): Uint8Array {
  const length = rows.length * ROW_BYTES;
  const packed = length <= scratch.length ? scratch.subarray(0, length) : new Uint8Array(length);
  let at = 0;
  for (const { payee, lane, amount } of rows) {
    writeHex(packed, at, payee);
    writeUint(packed, at + BYTES.payee, BYTES.lane, lane);
    writeUint(packed, at + BYTES.payee + BYTES.lane, BYTES.amount, amount);
    at += ROW_BYTES;
  }
  return packed;
}

/** The lane of each packed row, in order. `packed` is hex digits without 0x. */
export function lanesOf(packed: string): number[] {
  return Array.from({ length: Math.floor(packed.length / (2 * ROW_BYTES)) }, (_, i) => {
    const start = 2 * (i * ROW_BYTES + BYTES.payee);
    return Number.parseInt(packed.slice(start, start + 2 * BYTES.lane), 16);
  });
}

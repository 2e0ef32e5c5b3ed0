import { type Hex, hexToBytes, readUint } from "../base/bytes.ts";

/** SkipReason of the contract, in its order. */
export const SKIP_REASONS = ["PAYEE", "SIGNATURE", "STALE", "SESSION", "UNCOVERED"] as const;

/** Number of the row (4 bytes) | reason (1). */
const SKIP_BYTES = 5;

/** What `RowsSkipped` tells: row, counted over all groups of the batch, to reason. */
export function decodeSkippedRows(rows: Hex): Map<number, string> {
  const bytes = hexToBytes(rows);
  const skipped = new Map<number, string>();
  for (let at = 0; at + SKIP_BYTES <= bytes.length; at += SKIP_BYTES) {
    const reason = bytes[at + 4] as number;
    skipped.set(Number(readUint(bytes, at, 4)), SKIP_REASONS[reason] ?? `REASON_${reason}`);
  }
  return skipped;
}

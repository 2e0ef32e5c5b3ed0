import { dataLength, dataSlice, type Log, toNumber } from "ethers";
import { FLOODGATE, TOKEN } from "../facts/abi.ts";
import { checksummed } from "../facts/checksum.ts";
import { type ChainEvent, type Entry, SKIP_REASONS, type SkipReason } from "../facts/events.ts";
import type { TokenTransfer } from "../facts/facts.ts";
import type { Hex } from "../facts/primitives.ts";

/** Number of the row (4 bytes) | reason (1). */
const SKIP_BYTES = 5;

/**
 * Turns a log into facts: one for each row that it says was skipped. Pure. None for an event that
 * the audit does not know.
 */
export function decodeEvent(log: Log): ChainEvent[] {
  const parsed = FLOODGATE.parseLog(log);
  if (!parsed) return [];
  const fields = Object.fromEntries(
    parsed.fragment.inputs.map((input, i) => [input.name, plain(input.type, parsed.args[i])]),
  );
  if (parsed.name === "RowsSkipped") return skippedRows(fields.batch as number, fields.rows as Hex);
  return [{ kind: parsed.name, ...fields } as unknown as ChainEvent];
}

export function decodeTransfer(log: Log): TokenTransfer | null {
  const parsed = TOKEN.parseLog(log);
  if (parsed?.name !== "Transfer") return null;
  return { from: parsed.args[0], to: parsed.args[1], amount: parsed.args[2] };
}

function skippedRows(batch: number, rows: Hex): ChainEvent[] {
  const length = dataLength(rows);
  if (length % SKIP_BYTES !== 0) throw new RangeError(`${length} bytes of skipped rows are not a multiple of 5`);
  return Array.from({ length: length / SKIP_BYTES }, (_, i) => {
    const at = i * SKIP_BYTES;
    const reason = toNumber(dataSlice(rows, at + 4, at + 5));
    return {
      kind: "RowSkipped",
      batch,
      row: toNumber(dataSlice(rows, at, at + 4)),
      reason: (SKIP_REASONS[reason] ?? `UNKNOWN_${reason}`) as SkipReason,
    };
  });
}

/** Money stays a bigint; numbers, times and lanes are small. */
function plain(type: string, value: unknown): unknown {
  if (type === "bytes32[]") return [...(value as Iterable<Hex>)].map(decodeEntry);
  return typeof value === "bigint" && type !== "uint96" ? Number(value) : value;
}

/** account (20 bytes) | amount (12 bytes), as ethers writes them: in lower case. */
function decodeEntry(word: Hex): Entry {
  return { account: checksummed(word.slice(2, 42)), amount: BigInt(`0x${word.slice(42)}`) };
}

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
  const sums = sumsOf(log);
  if (sums !== null) return [sums];
  const parsed = FLOODGATE.parseLog(log);
  if (!parsed) return [];
  const fields = Object.fromEntries(
    parsed.fragment.inputs.map((input, i) => [input.name, plain(input.type, parsed.args[i])]),
  );
  if (parsed.name === "RowsSkipped") return skippedRows(fields.batch as number, fields.rows as Hex);
  return [{ kind: parsed.name, ...fields } as unknown as ChainEvent];
}

const [DEBITED, CREDITED] = ["Debited", "Credited"].map((name) => FLOODGATE.getEvent(name)?.topicHash);
/** 0x, and the words of the place and the length of the list. */
const SUMS_HEAD = 2 + 64 + 64;
const PLACE = "20".padStart(64, "0");

/**
 * The sums of a batch in the one layout that contracts write: a batch has two lists of hundreds.
 * Null: another event, or another layout, which ethers judges.
 */
function sumsOf({ topics: [name, batch = ""], data }: Log): ChainEvent | null {
  if ((name !== DEBITED && name !== CREDITED) || !/^0x0{51}[0-9a-f]{13}$/.test(batch)) return null;
  if (data.slice(2, 66) !== PLACE || !/^0x[0-9a-f]*$/.test(data)) return null;
  const count = Number.parseInt(data.slice(66, SUMS_HEAD), 16);
  if (data.length !== SUMS_HEAD + 64 * count) return null;
  const entries = Array.from({ length: count }, (_, i) =>
    entryOf(data.slice(SUMS_HEAD + 64 * i, SUMS_HEAD + 64 * (i + 1))),
  );
  return { kind: name === DEBITED ? "Debited" : "Credited", batch: Number.parseInt(batch, 16), entries };
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
  if (type === "bytes32[]") return [...(value as Iterable<Hex>)].map((word) => entryOf(word.slice(2)));
  return typeof value === "bigint" && type !== "uint96" ? Number(value) : value;
}

/** account (20 bytes) | amount (12 bytes), in lower-case digits. */
function entryOf(digits: string): Entry {
  return { account: checksummed(digits.slice(0, 40)), amount: BigInt(`0x${digits.slice(40)}`) };
}

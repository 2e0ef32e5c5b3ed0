import { dataSlice, getAddress, type Log, toBigInt } from "ethers";
import { FLOODGATE, TOKEN } from "../facts/abi.ts";
import { type ChainEvent, type Entry, SKIP_REASONS } from "../facts/events.ts";
import type { TokenTransfer } from "../facts/facts.ts";
import type { Hex } from "../facts/primitives.ts";

/** Turns logs into facts. Pure. Null for an event that the audit does not know. */
export function decodeEvent(log: Log): ChainEvent | null {
  const parsed = FLOODGATE.parseLog(log);
  if (!parsed) return null;
  const fields = Object.fromEntries(
    parsed.fragment.inputs.map((input, i) => [input.name, plain(input.type, parsed.args[i])]),
  );
  if (parsed.name === "RowSkipped") fields.reason = SKIP_REASONS[Number(fields.reason)] ?? `UNKNOWN_${fields.reason}`;
  return { kind: parsed.name, ...fields } as unknown as ChainEvent;
}

export function decodeTransfer(log: Log): TokenTransfer | null {
  const parsed = TOKEN.parseLog(log);
  if (parsed?.name !== "Transfer") return null;
  return { from: parsed.args[0], to: parsed.args[1], amount: parsed.args[2] };
}

/** Money stays a bigint; numbers, times and lanes are small. */
function plain(type: string, value: unknown): unknown {
  if (type === "bytes32[]") return [...(value as Iterable<Hex>)].map(decodeEntry);
  return typeof value === "bigint" && type !== "uint96" ? Number(value) : value;
}

/** account (20 bytes) | amount (12 bytes). */
function decodeEntry(word: Hex): Entry {
  return { account: getAddress(dataSlice(word, 0, 20)), amount: toBigInt(dataSlice(word, 20, 32)) };
}

import { FLOODGATE } from "../facts/abi.ts";
import type { Address, Hex } from "../facts/primitives.ts";

/**
 * `multicall` of one view that answers yes or no, by hand: it is asked for every lane of a history,
 * and ethers takes twice as long for that as the whole rest of the audit.
 */

/** Views of an account, and a lane (decimal digits) or a number of 32 bytes. */
export type FlagView = "isLaneSettled" | "isDepositIdUsed";
export type FlagArguments = readonly [account: Address, laneOrId: string];

const ZERO = "0".repeat(64);
const ONE = word(1);
const WORD_BYTES = 32;
/** Selector and two words; then with zeros up to a whole word. */
const CALL_BYTES = 4 + 2 * WORD_BYTES;
const CALL_PADDING = "0".repeat(2 * (WORD_BYTES - 4));

/** Calldata of `multicall(bytes[])`. */
export function encodeFlagCalls(view: FlagView, all: readonly FlagArguments[]): Hex {
  const step = WORD_BYTES + CALL_BYTES + CALL_PADDING.length / 2;
  const call = word(CALL_BYTES) + selectorOf(view);
  let data = selectorOf("multicall") + head(all.length, step);
  for (const [account, laneOrId] of all)
    data += `${call}${"0".repeat(24)}${account.slice(2).toLowerCase()}${wordOf(laneOrId)}${CALL_PADDING}`;
  return `0x${data}`;
}

/** Its answer in the one layout that contracts write. Null: another one, which ethers judges. */
export function decodeFlags(answer: Hex, count: number): boolean[] | null {
  const step = 2 * WORD_BYTES;
  const start = `0x${head(count, step)}`;
  if (!answer.startsWith(start) || answer.length !== start.length + 2 * step * count) return null;
  const length = word(WORD_BYTES);
  const flags: boolean[] = [];
  for (let at = start.length; at < answer.length; at += 2 * step) {
    const value = answer.slice(at + 64, at + 128);
    if (answer.slice(at, at + 64) !== length || (value !== ZERO && value !== ONE)) return null;
    flags.push(value === ONE);
  }
  return flags;
}

/** Where the only argument is, its length, and where each member of `step` bytes begins. */
function head(count: number, step: number): string {
  let words = word(WORD_BYTES) + word(count);
  for (let i = 0; i < count; i++) words += word(WORD_BYTES * count + step * i);
  return words;
}

function selectorOf(name: string): string {
  return FLOODGATE.getFunction(name)?.selector.slice(2) ?? "";
}

function wordOf(laneOrId: string): string {
  return laneOrId.startsWith("0x") ? laneOrId.slice(2) : word(Number(laneOrId));
}

function word(value: number): string {
  return value.toString(16).padStart(64, "0");
}

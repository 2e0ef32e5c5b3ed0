import { isIP } from "node:net";
import { InvalidArgumentError } from "commander";
import { parseApiUrl } from "../client/http.ts";
import { parseHubName } from "../client/proxy/hub-layout.ts";
import { MAX_SHARE_PERCENT } from "../protocol/base/constants.ts";
import { FloodgateError, InputError } from "../protocol/base/errors.ts";
import { type Address, parseAddress } from "../protocol/base/ids.ts";
import { printable } from "../protocol/base/text.ts";
import { type Amount, parseAmount } from "../protocol/base/units.ts";

/**
 * Parsers of arguments and options: everything that can be checked without a file or the network.
 */

export function portArgument(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new InvalidArgumentError("Write a port from 0 (any free one) to 65535.");
  return port;
}

/** Where to listen: names would hide which of their addresses is meant. */
export function hostArgument(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError("Write an IP address of this machine, like 127.0.0.1.");
  return text;
}

/** Collects patterns of files: the option may be given several times. */
export function patternArgument(text: string, before: readonly string[] = []): readonly string[] {
  if (text === "" || text.length > 1_000) throw new InvalidArgumentError("Write a pattern like '*.srt'.");
  if (before.length === 100) throw new InvalidArgumentError("Give at most 100 patterns.");
  return [...before, text];
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Base units, from `min` on. */
export function baseUnits(min: bigint): (text: string) => bigint {
  return (text) => {
    if (!/^\d{1,28}$/.test(text) || BigInt(text) < min)
      throw new InvalidArgumentError(`Write a whole number of base units from ${min}.`);
    return BigInt(text);
  };
}

/** Checks the spelling only: how many decimals the token has is not known yet. */
export function amountArgument(text: string): string {
  if (!/^\d{1,30}(\.\d{1,30})?$/.test(text)) throw new InvalidArgumentError("Write digits, like 12.5.");
  return text;
}

/** The publisher's share. */
export function percentArgument(text: string): number {
  const percent = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(percent <= MAX_SHARE_PERCENT))
    throw new InvalidArgumentError(`Write a whole number from 0 to ${MAX_SHARE_PERCENT}.`);
  return percent;
}

/**
 * An `amountArgument` in base units, once the token's decimals are known.
 * @throws {InputError} AMOUNT_INVALID for zero
 */
export function parsePositive(text: string, decimals: number): Amount {
  const amount = parseAmount(text, decimals);
  if (amount === 0n) throw new InputError("AMOUNT_INVALID", "the amount must be above zero");
  return amount;
}

export function cardArgument(text: string): string {
  const digits = text.replace(/[ -]/g, "");
  if (!/^\d{12,19}$/.test(digits) || !passesLuhn(digits)) {
    throw new InvalidArgumentError("Write the card number's 12 to 19 digits; one of them is wrong.");
  }
  return digits;
}

export function urlArgument(text: string): string {
  return orInvalid(() => parseApiUrl(text).href);
}

/** An option that may be given several times. */
export function gatherUrls(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, urlArgument(value)];
}

/** Blocks that must follow a final one, or the chain's own word for final ones. */
export function finalityArgument(text: string): number | "finalized" | "safe" {
  return text === "finalized" || text === "safe" ? text : wholeNumber(0, 1_000)(text);
}

export function addressArgument(text: string): Address {
  return orInvalid(() => parseAddress(text));
}

/** A lane's payer and number: "0x.../7". */
export function laneArgument(text: string): { readonly payer: Address; readonly lane: number } {
  const [, payer = "", lane = ""] = /^([^/]+)\/(\d{1,10})$/.exec(text) ?? [];
  if (lane === "" || Number(lane) > 2 ** 32 - 1) {
    throw new InvalidArgumentError("Write the payer's address, a slash and the lane's number, like 0x.../7.");
  }
  return { payer: addressArgument(payer), lane: Number(lane) };
}

/** A whole infohash, or its first 8 digits or more. */
export function contentIdArgument(text: string): string {
  const lower = text.toLowerCase();
  if (!/^[0-9a-f]{8,40}$/.test(lower)) {
    throw new InvalidArgumentError(
      `Write the id that \`floodgate search\` shows: 40 hex digits, or the first 8 or more.`,
    );
  }
  return lower;
}

/** Collects names of contents: the option may be given several times. */
export function hubArgument(text: string, before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const name = parseHubName(text);
  if (!name) throw new InvalidArgumentError("Write a name with one slash and an id, like acme/tiny=0123abcd.");
  return new Map([...before, [name.repo, name.id]]);
}

/** ISO/IEC 7812-1, annex B: catches one wrong digit and most swapped ones. */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Of one of our own messages, with what it quotes. */
const MAX_REASON = 300;

function orInvalid<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof FloodgateError) throw new InvalidArgumentError(printable(error.message, MAX_REASON));
    throw error;
  }
}

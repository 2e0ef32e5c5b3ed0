import type { Hex } from "../base/bytes.ts";
import { invariant } from "../base/errors.ts";
import type { Address, InfoHash } from "../base/ids.ts";
import { type Amount, MAX_UINT32, MAX_UINT40, MAX_UINT96 } from "../base/units.ts";

/**
 * One line of a JSON Lines file whose bytes are hashed or compared: one spelling for each value,
 * keys in one order.
 */

/** How each field of a line is spelled, in the line's order. */
export type Spelling<T> = { readonly [Key in keyof T]-?: (value: T[Key]) => unknown };

/**
 * Ends with a line feed.
 * @throws {InvariantError} LINE_INVALID when a value has no such spelling
 */
export function spellLine<T>(kind: string, spelling: Spelling<T>, record: T): string {
  return `${JSON.stringify({ kind, ...spell(spelling, record) })}\n`;
}

/** An object inside a line. */
export function spell<T>(spelling: Spelling<T>, record: T): Record<string, unknown> {
  const spelled: Record<string, unknown> = {};
  for (const key in spelling) spelled[key] = spelling[key](record[key]);
  return spelled;
}

export const address = (value: Address): string => matching(/^0x[0-9a-f]{40}$/, value);
export const hash = (value: Hex): string => matching(/^0x[0-9a-f]{64}$/, value);
export const infoHash = (value: InfoHash): string => matching(/^[0-9a-f]{40}$/, value);
export const lane = (value: number): number => whole(value, MAX_UINT32);
export const bytes = (value: number): number => whole(value, MAX_UINT32);
export const time = (value: number): number => whole(value, MAX_UINT40);
export const count = (value: number): number => whole(value, Number.MAX_SAFE_INTEGER);

/** Base units. */
export function amount(value: Amount): string {
  invariant(value >= 0n && value <= MAX_UINT96, "LINE_INVALID", `${value} is no amount`);
  return value.toString();
}

/** EIP-2098. */
export const signature = (value: Hex): string => matching(/^0x[0-9a-f]{128}$/, value);

function matching(pattern: RegExp, value: string): string {
  invariant(pattern.test(value), "LINE_INVALID", `"${value}" is not spelled like ${pattern}`);
  return value;
}

function whole(value: number, max: number): number {
  invariant(Number.isSafeInteger(value) && value >= 0 && value <= max, "LINE_INVALID", `${value} is out of range`);
  return value;
}

import type { Records } from "./contract-state.ts";

type AnyRecord = Records[keyof Records];

const BIGINT = /^-?\d+n$/;

/** JSON in which bigints are texts like `12n`. */
export function encodeRecord(record: AnyRecord): string {
  return JSON.stringify(record, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

export function decodeRecord(text: string): AnyRecord {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" && BIGINT.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as AnyRecord;
}

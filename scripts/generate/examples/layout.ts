import { bytesToHex } from "../../../protocol/base/bytes.ts";

/** A named part of a message, and how many bytes it has. */
export type Part = readonly [name: string, length: number];

/** One line for each part: its name, and its bytes in hex. The parts are the whole message. */
export function layOut(bytes: Uint8Array, parts: readonly Part[]): string {
  const width = Math.max(...parts.map(([name]) => name.length)) + 2;
  let offset = 0;
  const lines = parts.map(([name, length]) => {
    const part = bytes.subarray(offset, offset + length);
    offset += length;
    return `${name.padEnd(width)}${bytesToHex(part).slice(2)}`;
  });
  if (offset !== bytes.length) throw new Error(`the parts are ${offset} bytes of ${bytes.length}`);
  return lines.join("\n");
}

/** Names and values in two columns. */
export function listValues(values: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(values).map((name) => name.length)) + 2;
  return Object.entries(values)
    .map(([name, value]) => `${name.padEnd(width)}${value instanceof Uint8Array ? bytesToHex(value) : String(value)}`)
    .join("\n");
}

/** JSON for people to read; amounts are decimal strings. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, field) => (typeof field === "bigint" ? field.toString() : field), 2);
}

/** Lower-case hex with 0x in front. */
export type Hex = `0x${string}`;

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function bytesToHex(bytes: Uint8Array): Hex {
  let text = "";
  for (const byte of bytes) text += HEX_OF_BYTE[byte];
  return `0x${text}`;
}

/** Value of a hex digit by its character code. */
const DIGITS = new Uint8Array(128);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Expects well-formed hex of even length, with or without 0x; border parsers (`ids.ts`) check that
 * first.
 */
export function hexToBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array((hex.length - (hex.startsWith("0x") ? 2 : 0)) / 2);
  writeHex(bytes, 0, hex);
  return bytes;
}

/** Writes well-formed hex, with or without 0x, at `offset`. */
export function writeHex(target: Uint8Array, offset: number, hex: string): void {
  let to = offset;
  for (let i = hex.startsWith("0x") ? 2 : 0; i < hex.length; i += 2) {
    target[to++] = ((DIGITS[hex.charCodeAt(i)] as number) << 4) | (DIGITS[hex.charCodeAt(i + 1)] as number);
  }
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** Writes `value` big-endian into `length` bytes at `offset`. */
export function writeUint(target: Uint8Array, offset: number, length: number, value: bigint | number): void {
  let rest = BigInt(value);
  let i = offset + length;
  // Numbers are much faster than bigints: 48 bits at a time.
  while (i > offset) {
    let part = Number(rest & 0xffffffffffffn);
    rest >>= 48n;
    for (const end = Math.max(offset, i - 6); i > end; part = Math.floor(part / 256)) target[--i] = part % 256;
  }
}

/** Reads `length` big-endian bytes at `offset`. */
export function readUint(source: Uint8Array, offset: number, length: number): bigint {
  let value = 0n;
  for (let i = offset; i < offset + length; ) {
    let part = 0;
    const start = i;
    for (const end = Math.min(offset + length, i + 6); i < end; i++) part = part * 256 + (source[i] ?? 0);
    value = (value << BigInt(8 * (i - start))) | BigInt(part);
  }
  return value;
}

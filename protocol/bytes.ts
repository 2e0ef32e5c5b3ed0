/** Lower-case hex with 0x in front. */
export type Hex = `0x${string}`;

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function bytesToHex(bytes: Uint8Array): Hex {
  let text = "";
  for (const byte of bytes) text += HEX_OF_BYTE[byte];
  return `0x${text}`;
}

/** Expects well-formed hex of even length, with or without 0x; border parsers (`ids.ts`) check that first. */
export function hexToBytes(hex: string): Uint8Array {
  const start = hex.startsWith("0x") ? 2 : 0;
  const bytes = new Uint8Array((hex.length - start) / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(start + 2 * i, start + 2 * i + 2), 16);
  return bytes;
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
  for (let i = offset + length - 1; i >= offset; i--) {
    target[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Reads `length` big-endian bytes at `offset`. */
export function readUint(source: Uint8Array, offset: number, length: number): bigint {
  let value = 0n;
  for (let i = offset; i < offset + length; i++) value = (value << 8n) | BigInt(source[i] ?? 0);
  return value;
}

import { createKeccak } from "hash-wasm";
import { hexToBytes, writeHex } from "../../protocol/base/bytes.ts";

const hasher = await createKeccak(256);
/** Reused, since nearly all that is hashed is short. */
const scratch = new Uint8Array(16_384);

/** Keccak-256 of bytes that stand as hex digits, as 64 hex digits; both without 0x. */
export function keccakOfDigits(digits: string): string {
  return hasher.init().update(bytesOf(digits)).digest("hex");
}

/** Keccak-256 of bytes, as 32 bytes. */
export function keccakBytesOf(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest("binary");
}

/** Keccak-256 of bytes, or of the ASCII codes of a text, as 64 hex digits without 0x. */
export function keccakOf(bytes: Uint8Array | string): string {
  return hasher.init().update(bytes).digest("hex");
}

/** Good until the next call. */
function bytesOf(digits: string): Uint8Array {
  if (digits.length > 2 * scratch.length) return hexToBytes(digits);
  writeHex(scratch, 0, digits);
  return scratch.subarray(0, digits.length / 2);
}

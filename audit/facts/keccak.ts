import { createKeccak } from "hash-wasm";
import { hexToBytes } from "../../protocol/base/bytes.ts";

const hasher = await createKeccak(256);

/** Keccak-256 of bytes that stand as hex digits, as 64 hex digits; both without 0x. */
export function keccakOfDigits(digits: string): string {
  return hasher.init().update(hexToBytes(digits)).digest("hex");
}

/** Keccak-256 of bytes, or of the ASCII codes of a text, as 64 hex digits without 0x. */
export function keccakOf(bytes: Uint8Array | string): string {
  return hasher.init().update(bytes).digest("hex");
}

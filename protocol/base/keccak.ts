import { createKeccak } from "hash-wasm";

const hasher = await createKeccak(256);

/** Keccak-256, 32 bytes. One WebAssembly instance serves all callers, since each call is synchronous. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest("binary");
}

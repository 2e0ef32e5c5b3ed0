import { createKeccak, createSHA1, createSHA256 } from "hash-wasm";
import type { Hex } from "./bytes.ts";

// One WebAssembly instance of each serves all callers, since each call is synchronous.
const keccak = await createKeccak(256);
const sha1 = await createSHA1();
const sha256 = await createSHA256();

/** Keccak-256, 32 bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak.init().update(bytes).digest("binary");
}

/** SHA-1 (FIPS 180-4), 40 hex digits: infohashes, as BEP 3 has them. */
export function sha1Hex(bytes: Uint8Array): string {
  return sha1.init().update(bytes).digest("hex");
}

/** SHA-256 (FIPS 180-4): names of audit bundles, so that `sha256sum` checks them. */
export function sha256Hex(bytes: Uint8Array): Hex {
  return `0x${sha256.init().update(bytes).digest("hex")}`;
}

import { createSHA1 } from "hash-wasm";

const hasher = await createSHA1();

/** SHA-1 (FIPS 180-4), 40 hex digits: infohashes, as BEP 3 has them. */
export function sha1Hex(bytes: Uint8Array): string {
  return hasher.init().update(bytes).digest("hex");
}

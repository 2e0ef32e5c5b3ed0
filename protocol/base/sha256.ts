import { createSHA256 } from "hash-wasm";
import type { Hex } from "./bytes.ts";

const hasher = await createSHA256();

/** SHA-256 (FIPS 180-4): names of audit bundles, so that `sha256sum` checks them. */
export function sha256Hex(bytes: Uint8Array): Hex {
  return `0x${hasher.init().update(bytes).digest("hex")}`;
}

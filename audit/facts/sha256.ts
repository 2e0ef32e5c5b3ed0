import { createSHA256 } from "hash-wasm";

/** SHA-256 of what comes in parts, where a browser runs, too. */
export async function createSha256(): Promise<{ update(bytes: Uint8Array): unknown; digest(encoding: "hex"): string }> {
  return (await createSHA256()).init();
}

import secp256k1 from "secp256k1/bindings.js";
import { expect, test } from "vitest";
import { addressOfPublicKey } from "../../../protocol/base/ids.ts";
import { knownAddressOf } from "../../../protocol/base/known-keys.ts";

/** Uncompressed keys of small secrets. Among so many, some fall on the same one of 1,024 places. */
const KEYS = Array.from({ length: 150 }, (_, i) => {
  const secret = new Uint8Array(32);
  secret[31] = i + 1;
  return secp256k1.publicKeyCreate(secret, false);
});
const placeOf = (key: Uint8Array): number => (256 * (key[1] as number) + (key[2] as number)) % 1_024;

test("a key that is remembered has its own address, also where two keys share a place", () => {
  expect(new Set(KEYS.map(placeOf)).size).toBeLessThan(KEYS.length);
  for (const _ of ["first", "again"])
    for (const key of KEYS) expect(knownAddressOf(key)).toBe(addressOfPublicKey(key.subarray(1)));
});

test("what the caller writes into its key afterwards changes nothing", () => {
  const [one, other] = KEYS as [Uint8Array, Uint8Array];
  const scratch = one.slice();
  knownAddressOf(scratch);
  scratch.set(other);
  expect(knownAddressOf(one)).toBe(addressOfPublicKey(one.subarray(1)));
  expect(knownAddressOf(scratch)).toBe(addressOfPublicKey(other.subarray(1)));
});

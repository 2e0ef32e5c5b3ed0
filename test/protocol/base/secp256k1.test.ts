import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes, writeUint } from "../../../protocol/base/bytes.ts";
import { addressOfKey, parsePublicKey, publicKeyOf, recoverSigner, sign } from "../../../protocol/base/secp256k1.ts";

const KEY = hexToBytes("4646464646464646464646464646464646464646464646464646464646464646");
const SIGNER = addressOfKey(publicKeyOf(KEY));
const DIGEST = new Uint8Array(32).fill(7);
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * A valid r with another s. The top bit of s holds the parity (EIP-2098), so high s is what lies
 * between n/2 and 2^255.
 */
function withS(s: bigint): Uint8Array {
  const signature = sign(DIGEST, KEY);
  writeUint(signature, 32, 32, s);
  return signature;
}

describe("compact signatures", () => {
  test("the signer of a signature is the address of the key", () => {
    expect(SIGNER).toBe("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    expect(recoverSigner(DIGEST, sign(DIGEST, KEY))).toBe(SIGNER);
  });

  test("any digest and key round-trip", () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte !== 0));
    fc.assert(
      fc.property(bytes32, fc.integer({ min: 1, max: 255 }), (digest, keyByte) => {
        const key = new Uint8Array(32).fill(keyByte === 255 ? 1 : keyByte);
        expect(recoverSigner(digest, sign(digest, key))).toBe(addressOfKey(publicKeyOf(key)));
      }),
      { numRuns: 300 },
    );
  });

  test("s above n/2 has no signer, n/2 itself has one", () => {
    expect(recoverSigner(DIGEST, withS(HALF_ORDER))).toMatch(/^0x[0-9a-f]{40}$/);
    expect(recoverSigner(DIGEST, withS(HALF_ORDER + 1n))).toBeNull();
    expect(recoverSigner(DIGEST, withS(2n ** 255n - 1n))).toBeNull();
  });

  test("a signature changed in any bit has another signer or none", () => {
    const signature = sign(DIGEST, KEY);
    for (let bit = 0; bit < 512; bit++) {
      const mutated = Uint8Array.from(signature);
      mutated[bit >> 3] = (mutated[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(recoverSigner(DIGEST, mutated), `bit ${bit}`).not.toBe(SIGNER);
    }
  });

  test.each([0, 63, 65])("a signature of %i bytes has no signer", (length) => {
    expect(recoverSigner(DIGEST, new Uint8Array(length).fill(1))).toBeNull();
  });

  test("zero r or s has no signer", () => {
    expect(recoverSigner(DIGEST, new Uint8Array(64))).toBeNull();
  });

  test("a public key that is no point of the curve is refused", () => {
    expect(parsePublicKey(bytesToHex(publicKeyOf(KEY)))).toBe(bytesToHex(publicKeyOf(KEY)));
    expect(() => parsePublicKey(`0x02${"ff".repeat(32)}`)).toThrow("not a secp256k1 public key");
    expect(() => parsePublicKey("0x04")).toThrow("compressed public key");
  });
});

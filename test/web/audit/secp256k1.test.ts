import { createHash } from "node:crypto";
import secp256k1 from "secp256k1/bindings.js";
import { expect, test } from "vitest";
import inBrowsers from "../../../web/audit/app/worker/secp256k1.ts";

const bytesOf = (text: string): Uint8Array => new Uint8Array(createHash("sha256").update(text).digest());

/** A key in 65 bytes, or that nobody's key made the signature. */
function recover(engine: typeof inBrowsers, signature: Uint8Array, recovery: number, digest: Uint8Array): string {
  try {
    return Buffer.from(engine.ecdsaRecover(signature, recovery, digest)).toString("hex");
  } catch {
    return "nobody";
  }
}

const native: typeof inBrowsers = {
  ecdsaRecover: (signature, recovery, digest) => secp256k1.ecdsaRecover(signature, recovery, digest, false),
};

test("what takes the place of libsecp256k1 in browsers recovers the same keys, and nobody's as nobody's", () => {
  // Three keys, each some times in a row and again later: with and without what is remembered.
  for (let i = 0; i < 36; i++) {
    const digest = bytesOf(`digest ${i}`);
    const { signature, recid } = secp256k1.ecdsaSign(digest, bytesOf(`key ${Math.floor(i / 4) % 3}`));
    const changed = signature.map((byte, at) => (at === (7 * i) % 64 ? byte ^ (1 << (i % 8)) : byte));
    const [zero, greatest] = [new Uint8Array(32), new Uint8Array(32).fill(0xff)];
    const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
    const odd = [
      changed,
      Buffer.concat([zero, s]),
      Buffer.concat([r, zero]),
      Buffer.concat([greatest, s]),
      Buffer.concat([r, greatest]),
    ];
    const cases = [
      [signature, recid, digest],
      [signature, 1 - recid, digest],
      [signature, recid, bytesOf(`other ${i}`)],
      [signature, recid, zero],
      [signature, recid, greatest],
      ...odd.map((one) => [new Uint8Array(one), recid, digest] as const),
    ] as const;
    for (const [of, parity, at] of cases)
      expect(recover(inBrowsers, of, parity, at)).toBe(recover(native, of, parity, at));
  }
});

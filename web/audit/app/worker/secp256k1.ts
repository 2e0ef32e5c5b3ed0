import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bytesToHex } from "../../../../protocol/base/bytes.ts";

/**
 * What the auditor asks of libsecp256k1, where there is no native code. The build of the pages puts
 * it in place of the binding (build-pages.ts).
 *
 * A batch has many signatures of one key in a row. To see that the last key made this one, too,
 * takes about half of the time that it takes to recover a key: tables of its multiples help.
 */
export default {
  /** An uncompressed public key, 65 bytes. Throws where nobody's key made the signature. */
  ecdsaRecover(signature: Uint8Array, recovery: number, digest: Uint8Array): Uint8Array {
    if (last !== null && isBy(last.point, signature, recovery, digest)) return last.bytes.slice();
    const { Signature } = secp256k1;
    const found = Signature.fromBytes(signature, "compact").addRecoveryBit(recovery).recoverPublicKey(digest);
    last = remember(found.toBytes(false));
    return last.bytes.slice();
  },
};

const { Point } = secp256k1;
const { Fn } = Point;

/** A larger table than noble's own: each signature needs it, and it takes a tenth of a second. */
Point.BASE.precompute(10);

interface Key {
  readonly point: InstanceType<typeof Point>;
  readonly bytes: Uint8Array;
  times: number;
}

/** Keys with tables: of a third of a MB each. */
const MAX_KEYS = 256;
const keys = new Map<string, Key>();
let last: Key | null = null;

function remember(bytes: Uint8Array): Key {
  const name = bytesToHex(bytes);
  const key = keys.get(name) ?? { point: Point.fromBytes(bytes), bytes, times: 0 };
  key.times++;
  // A table costs as much as a few recoveries: only a key that comes again gets one.
  if (key.times === 2) key.point.precompute(6);
  if (!keys.has(name) && keys.size >= MAX_KEYS) keys.clear();
  keys.set(name, key);
  return key;
}

/**
 * Whether recovering would give this key (SEC 1, 4.1.6): if Q = (s⋅R - z⋅G) / r, then
 * R = (z⋅G + r⋅Q) / s. A no means only that nothing is known.
 */
function isBy(key: Key["point"], signature: Uint8Array, recovery: number, digest: Uint8Array): boolean {
  const [r, s] = [numberOf(signature.subarray(0, 32)), numberOf(signature.subarray(32))];
  if (recovery > 1 || !Fn.isValidNot0(r) || !Fn.isValidNot0(s)) return false;
  const inverse = Fn.inv(s);
  const ofBase = Point.BASE.multiplyUnsafe(Fn.mul(Fn.create(numberOf(digest)), inverse));
  const made = ofBase.add(key.multiplyUnsafe(Fn.mul(r, inverse)));
  if (made.is0()) return false;
  const { x, y } = made.toAffine();
  return x === r && Number(y & 1n) === recovery;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(bytesToHex(bytes));
}

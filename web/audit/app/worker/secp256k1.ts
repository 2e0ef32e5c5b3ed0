import { secp256k1 } from "@noble/curves/secp256k1.js";

/**
 * What the auditor asks of libsecp256k1, where there is no native code. The build of the pages puts
 * it in place of the binding (build-pages.ts).
 */
export default {
  /** An uncompressed public key, 65 bytes. Throws where nobody's key made the signature. */
  ecdsaRecover(signature: Uint8Array, recovery: number, digest: Uint8Array): Uint8Array {
    return secp256k1.Signature.fromBytes(signature, "compact")
      .addRecoveryBit(recovery)
      .recoverPublicKey(digest)
      .toBytes(false);
  },
};

/**
 * The native binding alone: importing it throws where `secp256k1` would fall back to slow
 * JavaScript silently.
 */
declare module "secp256k1/bindings.js" {
  interface Secp256k1 {
    privateKeyVerify(privateKey: Uint8Array): boolean;
    publicKeyCreate(privateKey: Uint8Array, compressed?: boolean): Uint8Array;
    publicKeyVerify(publicKey: Uint8Array): boolean;
    publicKeyConvert(publicKey: Uint8Array, compressed?: boolean): Uint8Array;
    ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number };
    /** Writes into `output`, and returns it, when there is one. */
    ecdsaRecover(
      signature: Uint8Array,
      recid: number,
      digest: Uint8Array,
      compressed?: boolean,
      output?: Uint8Array,
    ): Uint8Array;
  }
  const secp256k1: Secp256k1;
  export default secp256k1;
}

/** As protocol/http/proof.ts has them, which is not for browsers. */
export const PROOF_HEADER = "floodgate-proof";
export const DIGEST_HEADER = "content-digest";

/** Larger files are not read. */
export const MAX_PROOF_BYTES = 64 * 1024 * 1024;

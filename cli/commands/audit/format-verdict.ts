import type { ProofVerdict } from "../../../audit/proof/verify-proof.ts";

/** What a proof shows and what it leaves to trust, in words. */
export function formatVerdict({ subject, proven, trusted }: ProofVerdict): string {
  return [
    `${subject}.`,
    "",
    "Proven by the file itself:",
    ...proven.map((sentence) => `  - ${sentence}`),
    "",
    "Taken on trust, until you compare it:",
    ...trusted.map((sentence) => `  - ${sentence}`),
  ].join("\n");
}

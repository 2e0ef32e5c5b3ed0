/** `floodgate/audit`: replay a contract's history, and check proofs, in other programs. */

export { runAudit } from "./audit.ts";
export type { AuditReport } from "./audit-report.ts";
export { decodeProof, encodeProof, type Proof } from "./proof/proof-file.ts";
export { type ProofVerdict, verifyProof } from "./proof/verify-proof.ts";
export { formatReport } from "./report/format-report.ts";

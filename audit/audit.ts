import type { AuditReport } from "./audit-report.ts";
import type { AuditOptions } from "./session/audit-options.ts";
import { openPass } from "./session/audit-pass.ts";
import { conclude } from "./session/conclude.ts";
import { openSqliteStore } from "./session/sqlite-store.ts";

/**
 * The auditor's entry: replays a contract's whole history from logs and calldata, and compares the
 * outcome with the contract's state. It trusts nobody but the node, and shares no code with what it
 * audits.
 *
 * Beside it: `watchAudit` (session/watch.ts) follows new blocks, `createBundleChecks`
 * (bundles/bundle-checks.ts) adds published bundles and payees' vouchers, `createBooks`
 * (books/books.ts) and `formatPage` (report/page.ts) make the report people read, `verifyProof`
 * (proof/verify-proof.ts) checks a proof.
 *
 * @example
 * ```ts
 * import { runAudit } from "./audit/audit.ts";
 * import { formatReport } from "./audit/report/format-report.ts";
 *
 * const report = await runAudit({ rpcUrl, contract, signal: AbortSignal.timeout(600_000) });
 * console.log(formatReport(report));
 * process.exitCode = report.ok ? 0 : 7;
 * ```
 * @throws {ChainError}, {InputError}, each with a code (see README.md); {InvariantError}
 * ENGINES_DISAGREE
 */
export async function runAudit(options: AuditOptions): Promise<AuditReport> {
  using pass = await openPass(options, () => openSqliteStore(options.statePath ?? null));
  await pass.advance(pass.head);
  return await conclude(pass, pass.head);
}

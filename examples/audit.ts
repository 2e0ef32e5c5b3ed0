import { runAudit } from "../audit/audit.ts";
import { formatReport } from "../audit/report/format-report.ts";

/**
 * Replays a contract's whole history from a node's logs and calldata, and compares the outcome with
 * its state. Needs no account, and trusts nobody but the node.
 */
export async function audit(
  { rpcUrl, contract }: { rpcUrl: string; contract: string },
  signal: AbortSignal,
): Promise<{ ok: boolean; text: string }> {
  const report = await runAudit({ rpcUrl, contract, signal });
  return { ok: report.ok, text: formatReport(report) };
}

import { runAudit } from "../../../audit/audit.ts";
import type { AuditReport } from "../../../audit/audit-report.ts";
import type { AuditOptions } from "../../../audit/session/audit-options.ts";
import { exitCodeOf } from "../../../cli/exit-codes.ts";
import { type History, makeHistory } from "./history.ts";
import { type Lie, startLyingNode } from "./lying-node.ts";

/** The history, and audits of it through honest and lying nodes. */
export interface AuditedNode extends AsyncDisposable {
  readonly history: History;
  readonly latest: number;
  audit(options?: Partial<AuditOptions>): Promise<AuditReport>;
  auditBehind(lie: Lie, options?: Partial<AuditOptions>): Promise<AuditReport>;
}

export async function openAuditedNode(): Promise<AuditedNode> {
  const history = await makeHistory();
  const latest = Number(await history.rpc("eth_blockNumber"));
  const audit: AuditedNode["audit"] = (options = {}) =>
    runAudit({
      rpcUrl: history.rpcUrl,
      contract: history.contract,
      toBlock: latest,
      signal: new AbortController().signal,
      ...options,
    });
  return {
    history,
    latest,
    audit,
    async auditBehind(lie, options = {}) {
      await using node = await startLyingNode(history.rpcUrl, lie);
      return await audit({ rpcUrl: node.url, ...options });
    },
    [Symbol.asyncDispose]: () => history[Symbol.asyncDispose](),
  };
}

/**
 * The error's code, the exit code of a command that ends with it, and whether its message has
 * several lines.
 */
export async function failure(run: Promise<unknown>): Promise<unknown[]> {
  try {
    await run;
  } catch (error) {
    return [(error as { code?: unknown }).code, exitCodeOf(error), (error as Error).message.includes("\n")];
  }
  throw new Error("the audit ended without an error");
}

export type Json = Record<string, unknown>;

export const withBitOf = (hex: unknown): string => String(hex).replace(/.$/, (last) => (last === "0" ? "1" : "0"));

import type { Finding } from "../../audit/findings.ts";
import { VerificationError } from "../../protocol/base/errors.ts";
import type { Context } from "../runtime.ts";
import { auditOptionsOf, type HistoryOptions } from "./audit-run.ts";

export interface WatchCommandOptions extends HistoryOptions {
  readonly state?: string;
  readonly confirmations?: number;
  readonly webhook?: string;
  readonly keepGoing?: boolean;
}

/** `floodgate audit watch`, until it is stopped. @throws {VerificationError} AUDIT_FAILED at the first finding, unless it is to keep going */
export async function watch(context: Context, options: WatchCommandOptions): Promise<void> {
  const { output, signal } = context;
  const [{ watchAudit }, { postAlarm }, { openChain }] = await Promise.all([
    import("../../audit/session/watch.ts"),
    import("../../audit/session/webhook.ts"),
    import("../../audit/chain/chain-reader.ts"),
  ]);
  const { state, confirmations, webhook, keepGoing } = options;
  const { chainId } = await openChain(options.rpc[0] ?? "", signal);
  const post = async (finding: Finding): Promise<void> => {
    if (webhook !== undefined)
      await postAlarm(webhook, { contract: options.contract, chainId: String(chainId), finding }, signal);
  };
  const { toBlock: _, ...history } = auditOptionsOf(context, options);
  const steps = watchAudit({ ...history, statePath: state, ...(confirmations !== undefined && { confirmations }) });
  for await (const { block, findings, notChecked } of steps) {
    for (const finding of findings) {
      const { severity, check, sentence } = finding;
      output.event("finding", { ...finding, seenAt: block }, `${severity} [${check}] ${sentence}`);
      await post(finding);
    }
    for (const { sentence } of notChecked) output.event("not-checked", { block, sentence }, `not checked: ${sentence}`);
    output.progress({ block, findings: findings.length }, `watching: all is as it must be up to block ${block}`);
    if (findings.length > 0 && !keepGoing)
      throw new VerificationError("AUDIT_FAILED", `block ${block}: the audit found what must not be: see above`);
  }
}

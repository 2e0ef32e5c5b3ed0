import type { Command } from "commander";
import type { Finding } from "../../../audit/findings.ts";
import { VerificationError } from "../../../protocol/base/errors.ts";
import { urlArgument, wholeNumber } from "../../arguments.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { AT, auditOptionsOf, type HistoryOptions, onHistory } from "./history.ts";

interface WatchOptions extends HistoryOptions {
  readonly state?: string;
  readonly confirmations?: number;
  readonly webhook?: string;
  readonly keepGoing?: boolean;
  readonly artifact?: string;
}

export function addWatch(audit: Command, runtime: Runtime): void {
  onHistory(
    addCommand(audit, "watch", "follow the chain, and report what is wrong at once", [
      `audit watch --state audit.state --webhook https://example.org/alarm ${AT}`,
    ]),
  )
    .option("--state <file>", "keep a checkpoint there, and resume from it the next time")
    .option(
      "--confirmations <number>",
      "blocks on top of a block before it is read (default: 0)",
      wholeNumber(0, 1_000),
    )
    .option("--artifact <file>", "a build of the contract that counts beside the published ones: Hardhat's JSON")
    .option("--webhook <url>", "post each finding there as JSON", urlArgument)
    .option("--keep-going", "go on after a finding, instead of ending with exit code 7")
    .action((options: CommonOptions & WatchOptions) => watch(contextOf(runtime, options), options));
}

/**
 * Until it is stopped.
 * @throws {VerificationError} AUDIT_FAILED at the first finding, unless it is to keep going
 */
async function watch(context: CommandContext, options: WatchOptions): Promise<void> {
  const { output, signal } = context;
  const [{ watchAudit }, { postAlarm }, { openChain }] = await Promise.all([
    import("../../../audit/session/watch.ts"),
    import("../../../audit/session/webhook.ts"),
    import("../../../audit/chain/chain-reader.ts"),
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
      throw new VerificationError("AUDIT_FAILED", `block ${block}: the audit found problems: see above`);
  }
}

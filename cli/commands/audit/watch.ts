import type { Command } from "commander";
import type { WatchLimits } from "../../../audit/session/alarms.ts";
import type { News } from "../../../audit/session/webhook.ts";
import { VerificationError } from "../../../protocol/base/errors.ts";
import { amountArgument, parsePositive, urlArgument, wholeNumber } from "../../arguments.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { type BundleOptions, gatherBundles, onBundles } from "./bundles.ts";
import { AT, auditOptionsOf, type HistoryOptions, onHistory, readArtifact } from "./history.ts";

interface WatchOptions extends HistoryOptions, BundleOptions {
  readonly state?: string;
  readonly confirmations?: number;
  readonly webhook?: string;
  readonly keepGoing?: boolean;
  readonly artifact?: string;
  readonly maxBatchAge?: number;
  readonly minBond?: string;
  readonly maxWait?: number;
  readonly heartbeat?: number;
}

/** Ten minutes: far longer than a transaction that pays enough waits for its block. */
const MAX_WAIT_SEC = 600;
const MAX_SEC = 2 ** 31;

export function addWatch(audit: Command, runtime: Runtime): void {
  const examples = [`audit watch --state audit.state --webhook https://example.org/alarm ${AT}`];
  const summary = "follow the chain, and report what is wrong at once";
  onBundles(onHistory(addCommand(audit, "watch", summary, examples)))
    .option("--state <file>", "keep a checkpoint there, and resume from it the next time")
    .option(
      "--confirmations <number>",
      "blocks on top of a block before it is read (default: 0)",
      wholeNumber(0, 1_000),
    )
    .option(
      "--artifact <file>",
      "a build of the contract that counts beside the published ones: Hardhat's JSON, or Foundry's",
    )
    .option("--webhook <url>", "post each finding, alarm and heartbeat there as JSON", urlArgument)
    .option("--heartbeat <seconds>", "say every so often that the watch is alive", wholeNumber(1, 86_400))
    .option("--max-batch-age <seconds>", "alarm when no batch came for so long", wholeNumber(1, MAX_SEC))
    .option("--min-bond <amount>", "alarm when the bond is lower, in tokens", amountArgument)
    .option(
      "--max-wait <seconds>",
      "alarm when the operator's next transaction waits for so long (default: 600)",
      wholeNumber(1, MAX_SEC),
    )
    .option("--keep-going", "go on after a finding, instead of ending with exit code 7")
    .action((options: CommonOptions & WatchOptions) => watch(contextOf(runtime, options), options));
}

/**
 * Until it is stopped.
 * @throws {VerificationError} AUDIT_FAILED at the first finding, unless it is to keep going
 */
async function watch(context: CommandContext, options: WatchOptions): Promise<void> {
  const { output, signal } = context;
  const [{ watchAudit }, { openChain }] = await Promise.all([
    import("../../../audit/session/watch.ts"),
    import("../../../audit/chain/chain-reader.ts"),
  ]);
  const { chainId } = await openChain(options.rpc[0] ?? "", signal);
  const post = await openWebhook(context, options, String(chainId));
  const artifact = await readArtifact(options.artifact);
  const { follow, sources } = await gatherBundles(context, options);
  const { toBlock: _, ...history } = auditOptionsOf(context, options);
  const { state: statePath, confirmations, keepGoing } = options;
  const steps = watchAudit({
    ...history,
    statePath,
    artifact,
    observers: (made) => [follow(made)],
    sources,
    limits: ({ decimals }) => limitsOf(options, decimals),
    ...(confirmations !== undefined && { confirmations }),
  });
  let seen = 0;
  using _beat = startHeartbeat(options.heartbeat, async () => {
    const heartbeat = { block: seen, at: new Date().toISOString() };
    output.event("heartbeat", heartbeat, `${heartbeat.at}: watching, up to block ${seen}`);
    // A monitor that hears nothing raises its own alarm.
    await post({ heartbeat }).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : "";
      output.event("warning", { message }, message);
    });
  });
  for await (const { block, alarms, findings, notChecked } of steps) {
    seen = block;
    for (const finding of findings) {
      const { severity, check, sentence } = finding;
      output.event("finding", { ...finding, seenAt: block }, `${severity} [${check}] ${sentence}`);
      await post({ finding });
    }
    for (const alarm of alarms) {
      output.event("alarm", { ...alarm, block }, `alarm [${alarm.name}] block ${block}: ${alarm.sentence}`);
      await post({ alarm });
    }
    for (const { sentence } of notChecked) output.event("not-checked", { block, sentence }, `not checked: ${sentence}`);
    output.progress({ block, findings: findings.length }, `watching: all is as it must be up to block ${block}`);
    if (findings.length > 0 && !keepGoing)
      throw new VerificationError("AUDIT_FAILED", `block ${block}: the audit found problems: see above`);
  }
}

/** Does nothing without --webhook. */
async function openWebhook(
  { signal }: CommandContext,
  { webhook, contract }: WatchOptions,
  chainId: string,
): Promise<(news: News) => Promise<void>> {
  const { postMessage } = await import("../../../audit/session/webhook.ts");
  return async (news) => {
    if (webhook !== undefined) await postMessage(webhook, { contract, chainId, ...news }, signal);
  };
}

function limitsOf({ maxBatchAge, minBond, maxWait }: WatchOptions, decimals: number): WatchLimits {
  return {
    ...(maxBatchAge !== undefined && { maxBatchAgeSec: maxBatchAge }),
    ...(minBond !== undefined && { minBond: parsePositive(minBond, decimals) }),
    maxWaitSec: maxWait ?? MAX_WAIT_SEC,
  };
}

function startHeartbeat(everySec: number | undefined, beat: () => Promise<void>): Disposable {
  const timer = everySec === undefined ? undefined : setInterval(beat, everySec * 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

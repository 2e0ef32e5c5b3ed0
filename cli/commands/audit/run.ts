import type { Command } from "commander";
import type { AuditReport } from "../../../audit/audit-report.ts";
import type { Books } from "../../../audit/books/books.ts";
import { VerificationError } from "../../../protocol/base/errors.ts";
import { writePublicFile } from "../../output.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { type BundleOptions, gatherBundles, onBundles } from "./bundles.ts";
import { AT, auditOptionsOf, type HistoryOptions, onHistory, readArtifact } from "./history.ts";

interface RunOptions extends HistoryOptions, BundleOptions {
  readonly state?: string;
  readonly seed?: string;
  readonly paranoid?: boolean;
  readonly html?: string;
  readonly artifact?: string;
}

export function addRun(audit: Command, runtime: Runtime): void {
  const examples = [`audit run ${AT}`, `audit run --html audit.html ${AT}`];
  const summary = "replay every payment, and compare the outcome with the contract";
  onBundles(onHistory(addCommand(audit, "run", summary, examples, { isDefault: true })))
    .option("--state <file>", "keep a checkpoint there, and resume from it the next time")
    .option("--seed <text>", "chooses the signatures that are checked twice (default: the last block's hash)")
    .option("--paranoid", "check every signature twice, by independent code")
    .option(
      "--artifact <file>",
      "a build of the contract that counts beside the published ones: Hardhat's JSON, or Foundry's",
    )
    .option("--html <file>", "write the whole report as one page for a browser: findings, money, batches")
    .action((options: CommonOptions & RunOptions) => run(contextOf(runtime, options), options));
}

/** @throws {VerificationError} AUDIT_FAILED */
async function run(context: CommandContext, options: RunOptions): Promise<void> {
  const [{ formatReport }, { createBooks }, { runAudit }] = await Promise.all([
    import("../../../audit/report/format-report.ts"),
    import("../../../audit/books/books.ts"),
    import("../../../audit/audit.ts"),
  ]);
  const { state, seed, paranoid } = options;
  const gathered = createBooks();
  const { follow, sources } = await gatherBundles(context, options);
  const artifact = await readArtifact(options.artifact);
  const report = await runAudit({
    ...auditOptionsOf(context, options),
    statePath: state,
    seed,
    isParanoid: paranoid,
    artifact,
    observers: (made) => [gathered.observer, follow(made)],
    sources,
  });
  const books = gathered.close();
  const written = options.html === undefined ? [] : [await writePage(context, options, report, books, options.html)];
  context.output.event("done", { ...report, books }, [formatReport(report), ...written].join("\n"));
  if (!report.ok) throw new VerificationError("AUDIT_FAILED", "the audit found problems: see the report above");
}

/** Returns one line for people. */
async function writePage(
  { signal }: CommandContext,
  { rpc }: HistoryOptions,
  report: AuditReport,
  books: Books,
  path: string,
): Promise<string> {
  const [{ openChain }, { readGas }, { formatPage }] = await Promise.all([
    import("../../../audit/chain/chain-reader.ts"),
    import("../../../audit/books/read-gas.ts"),
    import("../../../audit/report/page.ts"),
  ]);
  const chain = await openChain(rpc[0] ?? "", signal);
  const gas = await readGas(
    chain,
    books.batches.map(({ tx }) => tx),
  );
  await writePublicFile(path, formatPage({ report, books, gas }));
  return `The whole report, to read in a browser: ${path}`;
}

import { type Command, Option } from "commander";
import type { AuditReport } from "../../../audit/audit-report.ts";
import type { Books } from "../../../audit/books/books.ts";
import { VerificationError } from "../../../protocol/base/errors.ts";
import { writePublicFile } from "../../output.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import type { BundleOptions } from "./bundles.ts";
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
  onHistory(addCommand(audit, "run", summary, examples, { isDefault: true }))
    .option("--bundles <url-or-directory>", "the authority's audit bundles: its server, or a directory of them")
    // Its name in version 0.1.0.
    .addOption(new Option("--evidence <url-or-directory>").hideHelp())
    .option("--vouchers <file>", "what a payee holds, from `floodgate vouchers export`; repeatable", gather)
    .option("--torrents <directory>", "torrent files, which tell the sizes of contents")
    .option("--state <file>", "keep a checkpoint there, and resume from it the next time")
    .option("--seed <text>", "chooses the signatures that are checked twice (default: the last block's hash)")
    .option("--paranoid", "check every signature twice, by independent code")
    .option("--artifact <file>", "a build of the contract that counts beside the published ones: Hardhat's JSON")
    .option("--html <file>", "write the whole report as one page for a browser: findings, money, batches")
    .action(async ({ evidence, ...options }: CommonOptions & RunOptions & { readonly evidence?: string }) => {
      const bundles = options.bundles ?? evidence;
      await run(contextOf(runtime, options), bundles === undefined ? options : { ...options, bundles });
    });
}

/** @throws {VerificationError} AUDIT_FAILED; {InputError} OPTIONS_CONFLICT */
async function run(context: CommandContext, options: RunOptions): Promise<void> {
  const [{ formatReport }, { createBooks }, { runAudit }, { gatherBundles }] = await Promise.all([
    import("../../../audit/report/format-report.ts"),
    import("../../../audit/books/books.ts"),
    import("../../../audit/audit.ts"),
    import("./bundles.ts"),
  ]);
  const { state, seed, paranoid } = options;
  const gathered = createBooks();
  const { checks, sources, toBlock } = await gatherBundles(context, options);
  const artifact = await readArtifact(options.artifact);
  const report = await runAudit({
    ...auditOptionsOf(context, options),
    toBlock,
    statePath: state,
    seed,
    isParanoid: paranoid,
    artifact,
    observers: () => [gathered.observer, ...checks],
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

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

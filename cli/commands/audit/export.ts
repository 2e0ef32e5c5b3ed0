import { type Command, Option } from "commander";
import type { Ledger } from "../../../audit/books/ledger.ts";
import type { TokenFacts } from "../../../audit/facts/money-text.ts";
import { VerificationError } from "../../../protocol/base/errors.ts";
import { addressArgument } from "../../arguments.ts";
import { writePublicFile } from "../../output.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { AT, auditWith, type HistoryOptions, onHistory } from "./history.ts";

const EXPORT_FORMATS = ["csv", "beancount"] as const;

interface ExportOptions extends HistoryOptions {
  readonly account: string;
  readonly format: (typeof EXPORT_FORMATS)[number];
  readonly out?: string;
}

type Format = (ledger: Ledger, token: TokenFacts) => string;

const FORMATS: Record<ExportOptions["format"], () => Promise<Format>> = {
  csv: async () => (await import("../../../audit/books/csv.ts")).formatCsv,
  beancount: async () => (await import("../../../audit/books/beancount.ts")).formatBeancount,
};

export function addExport(audit: Command, runtime: Runtime): void {
  onHistory(
    addCommand(audit, "export", "write all that ever moved one account, for a spreadsheet or for beancount", [
      `audit export --account 0x... --format csv --out ledger.csv ${AT}`,
    ]),
  )
    .requiredOption("--account <address>", "whose ledger", addressArgument)
    .addOption(new Option("--format <format>", "how it is written").choices([...EXPORT_FORMATS]).makeOptionMandatory())
    .option("--out <file>", "where to write it (default: standard output)")
    .action((options: CommonOptions & ExportOptions) => exportAccount(contextOf(runtime, options), options));
}

/**
 * @throws {VerificationError} AUDIT_FAILED, after the export: the contract's numbers may differ
 * from it
 */
async function exportAccount(context: CommandContext, options: ExportOptions): Promise<void> {
  const { createLedger } = await import("../../../audit/books/ledger.ts");
  const gathered = createLedger(options.account);
  const report = await auditWith(context, options, [gathered.observer]);
  const ledger = gathered.close();
  const text = (await FORMATS[options.format]())(ledger, report.token);
  const { account, entries, balance } = ledger;
  const { format, out = null } = options;
  const facts = { account, format, file: out, entries: entries.length, balance };
  if (out === null) {
    context.output.event("done", { ...facts, text }, text.trimEnd());
  } else {
    await writePublicFile(out, text);
    context.output.event("done", facts, `${entries.length} entries of ${account} are in ${out}`);
  }
  if (!report.ok) {
    const what = "the audit of this contract is not clean, and its own numbers may differ from these";
    throw new VerificationError("AUDIT_FAILED", `${what}: \`floodgate audit run\` says what it found`);
  }
}

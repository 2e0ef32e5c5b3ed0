import { type Command, InvalidArgumentError, Option } from "commander";
import { addressArgument, laneArgument, urlArgument, wholeNumber } from "../arguments.ts";
import { EXPORT_FORMATS, type ExportOptions } from "../audit/audit-export.ts";
import type { ProveOptions } from "../audit/audit-prove.ts";
import type { RunOptions } from "../audit/audit-run.ts";
import type { WatchCommandOptions } from "../audit/audit-watch.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

type Options = CommonOptions & RunOptions;

const AT = "--rpc http://127.0.0.1:8545 --contract 0x...";
const MAX_BLOCK = 2 ** 50;

export function addAuditCommands(program: Command, runtime: Runtime): void {
  const audit = program
    .command("audit")
    .summary("check a contract's whole history from the chain alone, trusting nobody")
    .description(
      "Checks a contract's whole history from the chain alone, trusting nobody. `audit` alone is `audit run`.",
    );

  onHistory(
    addCommand(
      audit,
      "run",
      "replay every payment, and compare the outcome with the contract",
      [`audit run ${AT}`, `audit run --html audit.html ${AT}`],
      { isDefault: true },
    ),
  )
    .option("--evidence <url-or-directory>", "the authority's audit bundles: its server, or a directory of them")
    .option("--vouchers <file>", "what a payee holds, of `floodgate vouchers export`; may be given again", gather)
    .option("--torrents <directory>", "torrent files, which tell the sizes of contents")
    .option("--state <file>", "keep a checkpoint there, and go on from it the next time")
    .option("--seed <text>", "chooses the signatures that are checked twice (default: the last block's hash)")
    .option("--paranoid", "check every signature twice, by independent code")
    .option("--html <file>", "write the whole report as one page for a browser: findings, money, batches")
    .action(async (options: Options) => {
      const { runAuditCommand } = await import("../audit/audit-run.ts");
      await runAuditCommand(contextOf(runtime, options), options);
    });

  onHistory(
    addCommand(audit, "watch", "follow the chain, and say what is wrong as soon as it is", [
      `audit watch --state audit.state --webhook https://example.org/alarm ${AT}`,
    ]),
  )
    .option("--state <file>", "keep a checkpoint there, and go on from it the next time")
    .option(
      "--confirmations <number>",
      "blocks on top of a block before it is read (default: 0)",
      wholeNumber(0, 1_000),
    )
    .option("--webhook <url>", "post each finding there as JSON", urlArgument)
    .option("--keep-going", "go on after a finding, instead of ending with exit code 7")
    .action(async (options: CommonOptions & WatchCommandOptions) => {
      const { watch } = await import("../audit/audit-watch.ts");
      await watch(contextOf(runtime, options), options);
    });

  onHistory(
    addCommand(audit, "export", "write all that ever moved one account, for a spreadsheet or for beancount", [
      `audit export --account 0x... --format csv --out ledger.csv ${AT}`,
    ]),
  )
    .requiredOption("--account <address>", "whose ledger", addressArgument)
    .addOption(new Option("--format <format>", "how it is written").choices([...EXPORT_FORMATS]).makeOptionMandatory())
    .option("--out <file>", "where to write it (default: standard output)")
    .action(async (options: Options & ExportOptions) => {
      const { exportAccount } = await import("../audit/audit-export.ts");
      await exportAccount(contextOf(runtime, options), options);
    });

  onHistory(
    addCommand(audit, "prove", "write a file that shows anyone, offline, what one lane or account was paid", [
      `audit prove --lane 0x.../7 --out lane.json ${AT}`,
      `audit prove --account 0x... --out account.json ${AT}`,
    ]),
  )
    .option("--lane <payer/number>", "the lane, by its payer's address and its number", laneArgument)
    .option("--account <address>", "the account", addressArgument)
    .requiredOption("--out <file>", "where to write it")
    .action(async (options: Options & ProveOptions) => {
      const { proveToFile } = await import("../audit/audit-prove.ts");
      await proveToFile(contextOf(runtime, options), options);
    });

  addCommand(audit, "verify", "check a file of `audit prove` without any network", ["audit verify lane.json"])
    .argument("<file>", "the file")
    .action(async (file: string, options: CommonOptions) => {
      const { verifyFile } = await import("../audit/audit-prove.ts");
      await verifyFile(contextOf(runtime, options), file);
    });
}

function onHistory(command: Command): Command {
  return command
    .requiredOption("--rpc <url>", "address of a chain node; given twice, both must say the same", gatherUrls)
    .option("--chain-id <number>", "the chain that it must be (default: any)", wholeNumber(1, MAX_BLOCK))
    .requiredOption("--contract <address>", "address of the Floodgate contract", addressArgument)
    .option("--from-block <number>", "block of the contract's creation (default: looked up)", wholeNumber(0, MAX_BLOCK))
    .option("--to-block <number>", "last block that is looked at (default: the newest)", wholeNumber(0, MAX_BLOCK));
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function gatherUrls(value: string, before: readonly string[] = []): readonly string[] {
  if (before.length === 2) throw new InvalidArgumentError("Two nodes are enough.");
  return [...before, urlArgument(value)];
}

import { Command, CommanderError } from "commander";
import { InvariantError } from "../protocol/base/errors.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addBondCommands } from "./commands/bond.ts";
import { addChainCommands } from "./commands/chain.ts";
import { addClaimCommand } from "./commands/claim.ts";
import { addContentCommands } from "./commands/content.ts";
import { addDeployCommand } from "./commands/deploy.ts";
import { addMoneyCommands } from "./commands/money.ts";
import { addServerCommands } from "./commands/servers.ts";
import { addSettleCommand } from "./commands/settle.ts";
import { addVoucherCommands } from "./commands/vouchers.ts";
import { addWalletCommands } from "./commands/wallet.ts";
import { readEnvironment } from "./config.ts";
import { describeError, EXIT_CODES_HELP, exitCodeOf, exitCodeOfSignal } from "./exit-codes.ts";
import { createOutput } from "./output.ts";
import type { Runtime } from "./runtime.ts";

/** `floodgate`: the one command line to every program of the project. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** In the order of the long way: a network, an account, its content, its money, the audit. */
const COMMANDS = [
  addChainCommands,
  addDeployCommand,
  addServerCommands,
  addWalletCommands,
  addMoneyCommands,
  addContentCommands,
  addSettleCommand,
  addVoucherCommands,
  addClaimCommand,
  addBondCommands,
  addAuditCommands,
];

const interruption = new AbortController();
let signalled: NodeJS.Signals | null = null;
for (const signal of SIGNALS) {
  process.on(signal, () => {
    if (signalled) process.exit(exitCodeOfSignal(signal));
    signalled = signal;
    interruption.abort();
  });
}
// `floodgate search | head`: whoever read has enough.
process.stdout.on("error", () => process.exit(0));
process.on("uncaughtException", (error) => process.exit(report(error)));

process.exit(await run(process.argv));

async function run(argv: readonly string[]): Promise<number> {
  try {
    await createProgram({ environment: readEnvironment(), signal: interruption.signal }).parseAsync(argv);
    return 0;
  } catch (error) {
    return report(error);
  }
}

function createProgram(runtime: Runtime): Command {
  const program = new Command("floodgate")
    .description("A content delivery network whose peers are paid for every piece they upload.")
    .exitOverride()
    // Errors are printed by `report`, in one line; help that was not asked for goes to standard error.
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      "after",
      `\n${EXIT_CODES_HELP}\n\n--json prints one JSON object per line; the last line of a command that is done is its result.`,
    );
  for (const add of COMMANDS) add(program, runtime);
  return program;
}

/** Prints an error in one line and returns the exit code. */
function report(error: unknown): number {
  const output = createOutput(process.argv.includes("--json"), process.stdout, process.stderr);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // commander.help: a group of commands was named without one of them, and its help was printed.
    if (error.code !== "commander.help") output.error("USAGE", usageText(error.message));
    return 2;
  }
  if (signalled && !(error instanceof InvariantError)) {
    output.error("INTERRUPTED", `stopped by ${signalled} before it was done`);
    return exitCodeOfSignal(signalled);
  }
  const { code, message } = describeError(error);
  output.error(code, message);
  return exitCodeOf(error);
}

function usageText(message: string): string {
  return message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
}

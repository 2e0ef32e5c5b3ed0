import { Command, CommanderError } from "commander";
import { InvariantError } from "../protocol/base/errors.ts";
import { addAccountCommands } from "./commands/account.ts";
import { addAuditCommands } from "./commands/audit/audit.ts";
import { addAuthorityCommand } from "./commands/authority.ts";
import { addBondCommands } from "./commands/bond.ts";
import { addChainCommands } from "./commands/chain.ts";
import { addClaimCommand } from "./commands/claim.ts";
import { addDeployCommand } from "./commands/deploy.ts";
import { addGetCommand } from "./commands/get.ts";
import { addPeerCommands } from "./commands/peer/peer.ts";
import { addRegisterCommands } from "./commands/register.ts";
import { addRepositoryCommands } from "./commands/repository.ts";
import { addSeedCommand } from "./commands/seed.ts";
import { addSettleCommand } from "./commands/settle.ts";
import { addTrackerCommand } from "./commands/tracker.ts";
import { addVoucherCommands } from "./commands/vouchers.ts";
import { addWalletCommands } from "./commands/wallet.ts";
import { addWithdrawCommand } from "./commands/withdraw.ts";
import { describeError, EXIT_CODES_HELP, exitCodeOf, exitCodeOfSignal } from "./exit-codes.ts";
import { createOutput } from "./output.ts";
import { Interruption, type Runtime } from "./runtime.ts";

/** In the order of the long way: a network, an account, its content, its money, the audit. */
const COMMANDS = [
  addChainCommands,
  addDeployCommand,
  addAuthorityCommand,
  addTrackerCommand,
  addWalletCommands,
  addRegisterCommands,
  addAccountCommands,
  addWithdrawCommand,
  addRepositoryCommands,
  addGetCommand,
  addSeedCommand,
  addPeerCommands,
  addSettleCommand,
  addVoucherCommands,
  addClaimCommand,
  addBondCommands,
  addAuditCommands,
];

/**
 * Runs one command line, without the program's name, to its end. Returns the exit code; it touches
 * no process.
 */
export async function run(args: readonly string[], runtime: Runtime): Promise<number> {
  try {
    await createProgram(runtime).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    return report(error, args, runtime);
  }
}

/** Prints an error in one line and returns the exit code. */
export function report(error: unknown, args: readonly string[], { stdout, stderr, signal }: Runtime): number {
  const output = createOutput(args.includes("--json"), stdout, stderr);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // commander.help: a group of commands was named without one of them, and its help was printed.
    if (error.code !== "commander.help") output.error("USAGE", usageText(error.message));
    return 2;
  }
  if (signal.reason instanceof Interruption && !(error instanceof InvariantError)) {
    output.error("INTERRUPTED", `stopped by ${signal.reason.signal} before it was done`);
    return exitCodeOfSignal(signal.reason.signal);
  }
  const { code, message } = describeError(error);
  output.error(code, message);
  return exitCodeOf(error);
}

/** The whole command line, for a run and for docs/cli.md. */
export function createProgram(runtime: Runtime): Command {
  const program = new Command("floodgate")
    .description("A content delivery network whose peers are paid for every piece they upload.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runtime.stdout.write(text),
      writeErr: (text) => runtime.stderr.write(text),
      // Errors are printed by `report`, in one line; help that was not asked for goes to standard
      // error.
      outputError: () => undefined,
    })
    .addHelpText(
      "after",
      `\n${EXIT_CODES_HELP}\n\n--json prints one JSON object per line; the last line of a command that is done is its result.`,
    );
  for (const add of COMMANDS) add(program, runtime);
  return program;
}

function usageText(message: string): string {
  return message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
}

import { Command, CommanderError } from "commander";
import { VERSION } from "../protocol/base/constants.ts";
import { FloodgateError, InvariantError } from "../protocol/base/errors.ts";
import { addAccountCommands } from "./commands/account/account.ts";
import { addLogoutCommand } from "./commands/account/logout.ts";
import { addAuditCommands } from "./commands/audit/audit.ts";
import { addAuthorityCommand } from "./commands/authority/authority.ts";
import { addBondCommands } from "./commands/bond.ts";
import { addChainCommands } from "./commands/chain.ts";
import { addClaimCommand } from "./commands/claim.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addDeployCommand } from "./commands/deploy.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addGetCommand } from "./commands/get.ts";
import { addListingCommands } from "./commands/listing.ts";
import { addPeerCommands } from "./commands/peer/peer.ts";
import { addProxyCommand } from "./commands/proxy.ts";
import { addRegisterCommands } from "./commands/register.ts";
import { addRepositoryCommands } from "./commands/repository.ts";
import { addSeedCommand } from "./commands/seed.ts";
import { addSettleCommand } from "./commands/settle.ts";
import { addSponsorCommand } from "./commands/sponsor.ts";
import { addTrackerCommand } from "./commands/tracker.ts";
import { addUpCommand } from "./commands/up.ts";
import { addVoucherCommands } from "./commands/vouchers.ts";
import { addWalletCommands } from "./commands/wallet.ts";
import { addWithdrawCommand } from "./commands/withdraw.ts";
import { describeError, EXIT_CODES_HELP, exitCodeOf, exitCodeOfSignal } from "./exit-codes.ts";
import { addLateChecks } from "./late-checks.ts";
import { createOutput } from "./output.ts";
import { Interruption, type Runtime } from "./runtime.ts";

/** The groups of the help, and in them the order of the long way. */
const GROUPS: readonly (readonly [
  heading: string,
  ...add: readonly ((program: Command, runtime: Runtime) => void)[],
])[] = [
  ["Try it out:", addUpCommand],
  ["A network, for operators:", addChainCommands, addDeployCommand, addAuthorityCommand, addTrackerCommand],
  [
    "An account and its money:",
    addWalletCommands,
    addRegisterCommands,
    addAccountCommands,
    addWithdrawCommand,
    addLogoutCommand,
  ],
  [
    "Content:",
    addRepositoryCommands,
    addListingCommands,
    addSponsorCommand,
    addGetCommand,
    addSeedCommand,
    addPeerCommands,
    addProxyCommand,
  ],
  ["Settlement, and without the authority:", addSettleCommand, addVoucherCommands, addClaimCommand, addBondCommands],
  ["Trust nobody:", addAuditCommands],
  ["Help:", addDoctorCommand, addCompletionCommand],
];

const EXAMPLES = `
Examples:
  floodgate                                       what to do next
  floodgate up                                    a whole network on this machine
  floodgate get ID --out ~/Downloads              download, and pay for each piece
  floodgate seed ID --file film.mp4               serve, and earn
  floodgate audit --rpc URL --contract ADDRESS    check everybody's money`;

/**
 * Runs one command line, without the program's name, to its end. Returns the exit code; it touches
 * no process.
 */
export async function run(args: readonly string[], runtime: Runtime): Promise<number> {
  try {
    if (args.length === 0) {
      const { nextSteps } = await import("./next-steps.ts");
      createOutput(false, runtime.stdout, runtime.stderr).event("next", {}, nextSteps(runtime.environment.home));
      return 0;
    }
    const program = createProgram(runtime);
    await program.parseAsync(asked(program, args), { from: "user" });
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
    if (error.code !== "commander.help") output.error("USAGE", `${usageText(error.message)}; see --help`);
    return 2;
  }
  if (signal.reason instanceof Interruption && !(error instanceof InvariantError)) {
    const told = error instanceof FloodgateError && error.code === "INTERRUPTED" ? error.message : null;
    output.error("INTERRUPTED", told ?? `stopped by ${signal.reason.signal} before it was done`);
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
    .version(VERSION, "-V, --version", "print the version")
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
      `${EXAMPLES}\n\n${EXIT_CODES_HELP}\n\n--json prints one JSON object per line; the last line of a command that is done is its result.`,
    );
  for (const [heading, ...adds] of GROUPS) {
    program.commandsGroup(heading);
    for (const add of adds) add(program, runtime);
  }
  addLateChecks(program, runtime.environment);
  return program;
}

/** `help NAME` is `NAME --help`, and says so when there is no such command. */
function asked(program: Command, args: readonly string[]): readonly string[] {
  const [first, ...names] = args;
  if (first !== "help") return args;
  let command: Command | undefined = program;
  for (const name of names) command = command?.commands.find((child) => child.name() === name);
  return command ? [...names, "--help"] : names;
}

function usageText(message: string): string {
  return message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
}

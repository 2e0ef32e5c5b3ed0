import type { Command } from "commander";
import type { AccountHome } from "../client/account/home.ts";
import type { PassphraseSources } from "../client/wallet/passphrase.ts";
import type { Environment } from "./config.ts";
import { createOutput, type Output, type OutputStream } from "./output.ts";

/** What one run of the program has, before any command line is read. */
export interface Runtime {
  readonly environment: Environment;
  /** Fires at the first SIGINT, SIGTERM or SIGHUP: stop, and leave nothing half-done. */
  readonly signal: AbortSignal;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Asks a person at the terminal; null when there is none. */
  readonly prompt: PassphraseSources["prompt"];
  /** Asks a person yes or no; null when there is none. */
  readonly confirm: Confirm | null;
}

/** Resolves with true when the person says yes. */
export type Confirm = (question: string) => Promise<boolean>;

/** Why a run stops before its end: its process got a signal. */
export class Interruption extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly home?: string;
  readonly passphraseFile?: string;
}

/** What a command works with. */
export interface CommandContext {
  readonly output: Output;
  readonly home: string;
  readonly passphrase: PassphraseSources;
  readonly confirm: Confirm | null;
  readonly signal: AbortSignal;
}

/**
 * Adds a command with the options and examples that every command has. A default command need not
 * be named.
 */
export function addCommand(
  parent: Command,
  usage: string,
  summary: string,
  examples: readonly string[],
  { isDefault = false } = {},
): Command {
  return parent
    .command(usage, { isDefault })
    .summary(summary)
    .description(summary)
    .option("--home <directory>", "where this account keeps its files (default: $FLOODGATE_HOME)")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", `\nExamples:\n${examples.map((example) => `  floodgate ${example}`).join("\n")}`);
}

/** Adds the option of commands that may need the wallet. */
export function withPassphrase(command: Command): Command {
  return command.option(
    "--passphrase-file <file>",
    "file with the wallet's passphrase (else $FLOODGATE_PASSPHRASE, else it is asked for)",
  );
}

export function contextOf(runtime: Runtime, options: CommonOptions): CommandContext {
  const { environment, signal, stdout, stderr, prompt, confirm } = runtime;
  return {
    output: createOutput(options.json ?? false, stdout, stderr),
    home: options.home ?? environment.home,
    passphrase: { file: options.passphraseFile, environment: environment.passphrase, prompt },
    // What `--json` prints is for a program.
    confirm: options.json ? null : confirm,
    signal,
  };
}

/** The home of this command line's account. */
export async function openHome({ home, passphrase }: CommandContext): Promise<AccountHome> {
  const { openNodeHome } = await import("../client/account/node-home.ts");
  return openNodeHome(home, passphrase);
}

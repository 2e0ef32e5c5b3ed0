import { readEnvironment } from "./config.ts";
import { exitCodeOfSignal } from "./exit-codes.ts";
import { promptHidden } from "./prompt.ts";
import { report, run } from "./run.ts";
import { Interruption, type Runtime } from "./runtime.ts";

/** `floodgate`: the one command line to every program of the project, as a process. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const args = process.argv.slice(2);
const interruption = new AbortController();
const isTerminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
const runtime: Runtime = {
  environment: readEnvironment(),
  signal: interruption.signal,
  stdout: process.stdout,
  stderr: process.stderr,
  prompt: isTerminal ? (question) => promptHidden(question, interruption.signal) : null,
};

for (const signal of SIGNALS) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exitCodeOfSignal(signal));
    interruption.abort(new Interruption(signal));
  });
}
// `floodgate search | head`: the reader has enough.
process.stdout.on("error", () => process.exit(0));
process.on("uncaughtException", (error) => process.exit(report(error, args, runtime)));

process.exit(await run(args, runtime));

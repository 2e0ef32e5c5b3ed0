import { InputError } from "../protocol/base/errors.ts";
import { readEnvironment } from "./config.ts";
import { exitCodeOfSignal } from "./exit-codes.ts";
import { askYesNo, promptHidden } from "./prompt.ts";
import { report, run } from "./run.ts";
import { Interruption, type Runtime } from "./runtime.ts";

/** `floodgate`: the one command line to every program of the project, as a process. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Commands that run until somebody stops them. */
const LONG_RUNNING = /^(up|chain|seed|(authority|tracker|peer) start)\b/;
const NEVER = new AbortController().signal;

const args = process.argv.slice(2);
const interruption = new AbortController();
const isTerminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
const runtime: Runtime = {
  environment: readEnvironment(),
  signal: interruption.signal,
  stdout: process.stdout,
  stderr: process.stderr,
  prompt: isTerminal ? (question) => promptHidden(question, interruption.signal) : null,
  confirm: isTerminal ? (question) => askYesNo(question, interruption.signal) : null,
};

for (const signal of SIGNALS) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exitCodeOfSignal(signal));
    interruption.abort(new Interruption(signal));
  });
}
let unwritable: NodeJS.ErrnoException | null = null;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `floodgate search | head`: the reader has enough. What runs on stops in order.
  if (error.code !== "EPIPE") unwritable ??= error;
  if (interruption.signal.aborted) return;
  if (LONG_RUNNING.test(args.join(" "))) process.stderr.write("stopped: nobody reads standard output any more\n");
  interruption.abort(new Interruption("SIGPIPE"));
});
// Nobody is left to read it.
process.stderr.on("error", () => undefined);
process.on("uncaughtException", (error) => process.exit(report(error, args, runtime)));

const exitCode = await run(args, runtime);
await written(process.stdout);
process.exit(unwritable === null ? exitCode : report(unwritableOutput(unwritable), [], { ...runtime, signal: NEVER }));

/** Resolves when everything that was written has left the process, or cannot. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => setImmediate(resolve)));
}

/** What could not be printed is no success. */
function unwritableOutput(cause: NodeJS.ErrnoException): InputError {
  return new InputError("FILE_UNWRITABLE", `cannot write to standard output: ${cause.code ?? cause.message}`, {
    cause,
  });
}

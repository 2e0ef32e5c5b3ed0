import { Writable } from "node:stream";
import { readEnvironment } from "../../cli/config.ts";
import { run } from "../../cli/run.ts";
import type { Runtime } from "../../cli/runtime.ts";
import type { Line } from "./command.ts";

/** What a `floodgate` command line came to. */
export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one `floodgate` command line to its end inside this process, without a terminal. Starting a
 * process takes most of a short command's time, and tells nothing about what the command does.
 * `confirm` stands for a person, `signal` for Ctrl-C.
 */
export async function runInProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  confirm: Runtime["confirm"] = null,
  signal: AbortSignal = new AbortController().signal,
): Promise<CliRun> {
  const { FLOODGATE_HOME, FLOODGATE_PASSPHRASE, ...inherited } = process.env;
  const [stdout, stderr] = [new Text(), new Text()];
  const exitCode = await run(args, {
    environment: readEnvironment({ ...inherited, ...environment }),
    signal,
    stdout,
    stderr,
    prompt: null,
    confirm,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** The JSON objects that a command printed, one a line. */
export function linesOf({ stdout }: CliRun): Line[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Line);
}

class Text extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

import { Writable } from "node:stream";
import { readEnvironment } from "../../cli/config.ts";
import { run } from "../../cli/run.ts";
import { FloodgateError } from "../../protocol/base/errors.ts";
import { CommandRunner, type Line } from "../../scripts/devnet/command.ts";

/** What a `floodgate` command line came to. */
export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands that run until somebody stops them, or that are peers: always processes. */
const PROCESSES: ReadonlySet<string> = new Set(["chain", "authority", "tracker", "seed", "get"]);

/**
 * Runs one `floodgate` command line to its end inside this process, without a terminal. To start a process takes most of the time of a short
 * command, and tells nothing about what the command does.
 */
export async function runInProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  const { FLOODGATE_HOME, FLOODGATE_PASSPHRASE, ...inherited } = process.env;
  const [stdout, stderr] = [new Text(), new Text()];
  const exitCode = await run(args, {
    environment: readEnvironment({ ...inherited, ...environment }),
    signal: new AbortController().signal,
    stdout,
    stderr,
    prompt: null,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** The JSON objects that a command printed, one a line. */
export function linesOf({ stdout }: CliRun): Line[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Starts processes like its parent, but runs short commands inside this process. */
export class InProcessRunner extends CommandRunner {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>>) {
    super(environment, () => undefined);
    this.#environment = environment;
  }

  override async run(args: readonly string[]): Promise<Line> {
    if (isProcess(args)) return super.run(args);
    const { code, line, errorText } = await this.#runHere(args);
    if (code !== 0) {
      throw new FloodgateError("COMMAND_FAILED", `floodgate ${args[0]} ended with exit code ${code}: ${errorText}`);
    }
    return line;
  }

  override async tryRun(args: readonly string[]): Promise<{ code: number; line: Line }> {
    return isProcess(args) ? super.tryRun(args) : this.#runHere(args);
  }

  async #runHere(args: readonly string[]): Promise<{ code: number; line: Line; errorText: string }> {
    const done = await runInProcess([...args, "--json"], this.#environment);
    return { code: done.exitCode ?? 1, line: linesOf(done).at(-1) ?? {}, errorText: done.stderr.trim() };
  }
}

function isProcess([name]: readonly string[]): boolean {
  return name !== undefined && PROCESSES.has(name);
}

class Text extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

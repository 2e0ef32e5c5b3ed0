import { FloodgateError } from "../../protocol/base/errors.ts";
import { CommandRunner, type Line } from "./command.ts";
import { linesOf, runInProcess } from "./in-process.ts";

/** Commands that run until somebody stops them, or that are peers: always processes. */
const PROCESSES: ReadonlySet<string> = new Set(["up", "chain", "authority", "tracker", "seed", "get", "proxy"]);

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

function isProcess([name, verb]: readonly string[]): boolean {
  return name !== undefined && (PROCESSES.has(name) || (name === "peer" && verb === "start"));
}

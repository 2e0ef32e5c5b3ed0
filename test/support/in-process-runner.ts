import { FloodgateError } from "../../protocol/base/errors.ts";
import { type Command, CommandRunner, type Line } from "../../scripts/devnet/command.ts";
import { linesOf, runInProcess } from "./in-process.ts";

/** Commands that run until somebody stops them, or that are peers: always processes. */
const PROCESSES: ReadonlySet<string> = new Set(["chain", "authority", "tracker", "seed", "get"]);

/** KiB a second. It lets tests meet a slower machine than the one that they run on; tests that need a slow download limit it themselves. */
const UPLOAD_LIMIT = process.env.FLOODGATE_TEST_UPLOAD_LIMIT;
const OPTION = "--upload-limit";

/** Starts processes like its parent, but runs short commands inside this process. */
export class InProcessRunner extends CommandRunner {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>>) {
    super(environment, () => undefined);
    this.#environment = environment;
  }

  override start(args: readonly string[], onLine?: (line: Line) => void): Command {
    return super.start(args[0] === "seed" || args[0] === "get" ? limitUpload(args) : args, onLine);
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

/** The lower of the test's own limit and the machine's. */
function limitUpload(args: readonly string[]): readonly string[] {
  if (UPLOAD_LIMIT === undefined) return args;
  const index = args.indexOf(OPTION);
  if (index === -1) return [...args, OPTION, UPLOAD_LIMIT];
  const limit = Math.min(Number(args[index + 1]), Number(UPLOAD_LIMIT));
  return args.with(index + 1, String(limit));
}

function isProcess([name]: readonly string[]): boolean {
  return name !== undefined && PROCESSES.has(name);
}

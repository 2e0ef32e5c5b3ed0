import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { FloodgateError } from "../../protocol/base/errors.ts";

/** One JSON line of a `floodgate` command. */
export type Line = Readonly<Record<string, unknown>>;

/** `FLOODGATE_PROGRAM`: the same in a few files, which start in half of the time. */
export const MAIN = process.env.FLOODGATE_PROGRAM ?? join(import.meta.dirname, "..", "..", "cli", "main.ts");
const STOP_MS = 15_000;

/**
 * Runs `floodgate` command lines as processes of their own, exactly as a user types them, and
 * leaves none behind. `onStart` gets each line before it runs, so that the demo can show it.
 */
export class CommandRunner {
  readonly #running = new Set<Command>();
  readonly #environment: NodeJS.ProcessEnv;
  readonly #onStart: (line: string) => void;
  readonly #main: string;
  #isStopped = false;

  /** `main`: the program, if not that of this repository. */
  constructor(environment: Record<string, string>, onStart: (line: string) => void, main = MAIN) {
    this.#environment = { ...process.env, ...environment };
    this.#onStart = onStart;
    this.#main = main;
  }

  /** Starts a command and hands its JSON lines to `onLine` as they come. */
  start(args: readonly string[], onLine: (line: Line) => void = () => undefined): Command {
    if (this.#isStopped) throw new FloodgateError("INTERRUPTED", "the commands were stopped");
    this.#onStart(`floodgate ${args.join(" ")}`);
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", this.#main, ...args, "--json"], {
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const command = new Command(args, child, onLine);
    this.#running.add(command);
    child.once("close", () => this.#running.delete(command));
    return command;
  }

  /**
   * Runs a command to its end and returns its last JSON line. @throws {FloodgateError}
   * COMMAND_FAILED
   */
  async run(args: readonly string[]): Promise<Line> {
    const command = this.start(args);
    const code = await command.exited();
    if (code !== 0) throw command.failure(code);
    return command.lastLine;
  }

  /** Runs a command to its end, whatever its exit code. */
  async tryRun(args: readonly string[]): Promise<{ code: number; line: Line }> {
    const command = this.start(args);
    const code = await command.exited();
    return { code, line: command.lastLine };
  }

  /** Ends every process that still runs: politely, then by force. */
  async stopAll(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#running].map((command) => command.stop()));
  }
}

export class Command {
  lastLine: Line = {};
  readonly pid: number;
  readonly #args: readonly string[];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #waiting = new Map<(line: Line) => boolean, PromiseWithResolvers<Line>>();
  #errorText = "";

  constructor(args: readonly string[], child: ChildProcess, onLine: (line: Line) => void) {
    this.#args = args;
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.#closed = once(child, "close");
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#errorText = (this.#errorText + chunk.toString()).slice(-4096);
    });
    if (child.stdout) {
      createInterface({ input: child.stdout }).on("line", (text) => {
        const line = parseLine(text);
        if (!line) return;
        this.lastLine = line;
        onLine(line);
        for (const [matches, waiting] of this.#waiting) if (matches(line)) waiting.resolve(line);
      });
    }
    void this.exited().then((code) => {
      for (const waiting of this.#waiting.values()) waiting.reject(this.failure(code));
    });
  }

  /**
   * The next line that `matches`. @throws {FloodgateError} COMMAND_FAILED when the process ends
   * before it
   */
  line(matches: (line: Line) => boolean): Promise<Line> {
    const waiting = Promise.withResolvers<Line>();
    this.#waiting.set(matches, waiting);
    return waiting.promise.finally(() => this.#waiting.delete(matches));
  }

  /** The next line with this `event`. @throws {FloodgateError} COMMAND_FAILED */
  event(name: string): Promise<Line> {
    return this.line((line) => line.event === name);
  }

  /** Resolves with the exit code (1 for a signal). */
  async exited(): Promise<number> {
    const [code] = (await this.#closed) as [number | null];
    return code ?? 1;
  }

  failure(code: number): FloodgateError {
    const detail = this.#errorText.trim().split("\n").at(-1) ?? "";
    return new FloodgateError("COMMAND_FAILED", `floodgate ${this.#args[0]} ended with exit code ${code}: ${detail}`);
  }

  /** SIGKILL: nothing is flushed, as in a power cut of this process. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await this.#closed;
    clearTimeout(force);
  }
}

function parseLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Line) : null;
  } catch {
    // Not one of our lines: a library printed something.
    return null;
  }
}

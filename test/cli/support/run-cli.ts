import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { type CliRun, runInProcess } from "../../support/in-process.ts";

/** Arguments of Node that run `floodgate`. */
export const CLI = [
  "--disable-warning=ExperimentalWarning",
  join(import.meta.dirname, "..", "..", "..", "cli", "main.ts"),
];

/** Runs one `floodgate` command line to its end: a process of its own, without a terminal. */
export async function runCliProcess(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<CliRun> {
  const { FLOODGATE_HOME, FLOODGATE_PASSPHRASE, ...inherited } = process.env;
  const child = spawn(process.execPath, [...CLI, ...args], {
    env: { ...inherited, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = (await closed) as [number | null];
  return { exitCode, stdout, stderr };
}

/** One line of a table of bad input. */
export interface BadInput {
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly code: string;
  /** What the message must say. */
  readonly says: RegExp;
  readonly environment?: Record<string, string>;
}

/** The command must fail with one line on standard error, the same as JSON on standard output, and this exit code. */
export async function expectRefusal(input: BadInput): Promise<void> {
  await expectRefusalBy(runInProcess, input);
}

/** The same of a process of its own. */
export async function expectProcessRefusal(input: BadInput): Promise<void> {
  await expectRefusalBy(runCliProcess, input);
}

async function expectRefusalBy(runCli: typeof runCliProcess, input: BadInput): Promise<void> {
  const { args, exitCode, code, says, environment } = input;
  const run = await runCli([...args, "--json"], environment);
  const line = /^error: (.+) \(([A-Z][A-Z0-9_]*)\)\n$/.exec(run.stderr);
  expect(line, `standard error: ${run.stderr}`).not.toBeNull();
  const [, message, shownCode] = line ?? [];
  expect(shownCode, run.stderr).toBe(code);
  expect(message).toMatch(says);
  expect(JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "")).toEqual({ error: { code, message } });
  expect(run.exitCode, run.stderr).toBe(exitCode);
}

import { expect } from "vitest";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";

/** One line of a table of bad input. */
export interface BadInput {
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly code: string;
  /** What the message must say. */
  readonly says: RegExp;
  readonly environment?: Record<string, string>;
}

/**
 * The command must fail with one line on standard error, the same as JSON on standard output, and
 * this exit code.
 */
export async function expectRefusal(input: BadInput): Promise<void> {
  await expectRefusalBy(runInProcess, input);
}

/** The same of another way to run commands. */
export async function expectRefusalBy(runCli: typeof runInProcess, input: BadInput): Promise<void> {
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

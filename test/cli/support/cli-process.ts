import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { MAIN } from "../../../scripts/devnet/command.ts";
import type { CliRun } from "../../../scripts/devnet/in-process.ts";

/** Arguments of Node that run `floodgate`. */
export const CLI = ["--disable-warning=ExperimentalWarning", MAIN];

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

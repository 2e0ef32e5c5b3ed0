import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

export const ROOT = join(import.meta.dirname, "..", "..");

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Its output is kept and not shown. */
  readonly isQuiet?: boolean;
}

/** Runs a program of node_modules to its end. */
export function runProgram(
  args: readonly string[],
  { env = {}, isQuiet = false }: RunOptions = {},
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: isQuiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output += stripVTControlCharacters(chunk.toString());
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

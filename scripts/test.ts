import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { testShippedCode } from "./shipped-code.ts";

/**
 * `npm test`: the Solidity tests, then vitest. Arguments go to vitest (a path, `-t NAME`) and leave Solidity out.
 * The last line counts both: "N passed, N failed, N skipped". Exit code 0 only when nothing failed and tests ran.
 */

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dirname, "..");
const filters = process.argv.slice(2);

const counts: Counts[] = [];
if (filters.length === 0) counts.push(await runSolidityTests());
counts.push(await runVitest(filters));

const total = counts.reduce((sum, next) => ({
  passed: sum.passed + next.passed,
  failed: sum.failed + next.failed,
  skipped: sum.skipped + next.skipped,
}));
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function runSolidityTests(): Promise<Counts> {
  console.log("Solidity tests");
  const env = await testShippedCode();
  const { code, output } = await run(["node_modules/hardhat/dist/src/cli.js", "test", "solidity"], { env });
  const count = (word: string): number => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, "m").exec(output)?.[1] ?? 0);
  const result = { passed: count("passing"), failed: count("failing"), skipped: count("(?:skipped|pending)") };
  // A compiler error or a crash runs no test, and must not look like success.
  return code === 0 || result.failed > 0 ? result : { ...result, failed: 1 };
}

async function runVitest(args: readonly string[]): Promise<Counts> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-test-"));
  const report = join(directory, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { code } = await run(["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args]);
    const json = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
    const failed = (json.numFailedTests ?? 0) + (code === 0 || (json.numFailedTests ?? 0) > 0 ? 0 : 1);
    return { passed: json.numPassedTests ?? 0, failed, skipped: json.numPendingTests ?? 0 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs a program of node_modules; with `env` its output is shown and kept, else it keeps the terminal. */
function run(
  args: readonly string[],
  { env }: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", env ? "pipe" : "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    output += stripVTControlCharacters(chunk.toString());
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

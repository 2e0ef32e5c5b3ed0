import { testShippedCode } from "../shipped-code.ts";
import type { FileResult } from "./results.ts";
import { runProgram } from "./run-program.ts";

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";
/** Compiled without via-IR, in a fifth of the time. */
const QUICK = { FLOODGATE_IR: "0" };

export interface SolidityTests {
  /** Resolves when the contract is built as it is shipped: what deploys it may start. */
  readonly built: Promise<unknown>;
  readonly done: Promise<{ readonly result: FileResult; readonly output: string }>;
}

/**
 * Compiles contract and tests at the same time, then runs the tests; says nothing, so that other
 * tests can run beside it.
 */
export function startSolidityTests(): SolidityTests {
  const startedAt = performance.now();
  const shipped = testShippedCode();
  // Tests bring what they import of the contracts: those alone are not compiled a second time.
  const compiled = runProgram([HARDHAT, "build", "--no-contracts"], { env: QUICK, isQuiet: true });
  const run = async () => {
    const [env, { code, output }] = await Promise.all([shipped, compiled]);
    const tests =
      code === 0
        ? await runProgram([HARDHAT, "test", "solidity", "--no-compile"], { env, isQuiet: true })
        : { code, output };
    return { result: readResult(tests.code, tests.output, performance.now() - startedAt), output: tests.output };
  };
  return { built: shipped, done: run() };
}

function readResult(code: number, output: string, ms: number): FileResult {
  const count = (word: string): number => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, "m").exec(output)?.[1] ?? 0);
  const counts = { passed: count("passing"), failed: count("failing"), skipped: count("(?:skipped|pending)") };
  // A compiler error or a crash runs no test, and must not look like success.
  const failed = code === 0 || counts.failed > 0 ? counts.failed : 1;
  return { ...counts, failed, path: "test/contracts/*.t.sol", seconds: ms / 1000 };
}

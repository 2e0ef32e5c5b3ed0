import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { TestRunResult } from "hardhat/types/test";
import type { Result } from "hardhat/types/utils";
import { MUTANT_CONFIG } from "./settings.ts";

/** Runs Solidity tests of a sandbox in this process; Hardhat compiles only what has changed. */
export class TestRunner {
  readonly #root: string;
  readonly #hre: HardhatRuntimeEnvironment;

  private constructor(root: string, hre: HardhatRuntimeEnvironment) {
    this.#root = root;
    this.#hre = hre;
  }

  static async start(root: string): Promise<TestRunner> {
    return new TestRunner(root, await createHardhatRuntimeEnvironment(MUTANT_CONFIG, {}, root));
  }

  /**
   * @returns whether no test of these files fails, and how many there are. @throws when they do not
   * compile
   */
  async run(files: readonly string[]): Promise<{ isGood: boolean; passed: number }> {
    const task = this.#hre.tasks.getTask(["test", "solidity"]);
    const testFiles = files.map((file) => join(this.#root, file));
    // Above 0 it counts the tests.
    const testSummaryIndex = 1;
    const result: Result<TestRunResult, TestRunResult> = await task.run({
      testFiles,
      noCompile: true,
      testSummaryIndex,
    });
    return { isGood: result.success, passed: result.success ? result.value.summary.passed : 0 };
  }
}

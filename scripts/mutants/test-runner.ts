import { createRequire } from "node:module";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { MUTANT_CONFIG } from "./settings.ts";

interface Suite {
  readonly id: { readonly source: string };
  readonly testResults: readonly { readonly status: string }[];
}

/** What Hardhat's task hands to its engine, EDR. */
type EdrCall = [
  chainType: string,
  artifacts: unknown,
  suites: readonly Suite["id"][],
  config: object,
  tracing: object,
  onSuite: (suite: Suite) => void,
];
interface Edr {
  runSolidityTests(...call: EdrCall): Promise<unknown>;
}

export interface Outcome {
  /** Whether no test failed. */
  readonly isGood: boolean;
  /** Suites with a test that passed. */
  readonly passed: number;
  /** Sources with a test that failed. */
  readonly failed: readonly string[];
}

const requireAsHardhat = createRequire(createRequire(import.meta.url).resolve("hardhat/hre"));
const { EdrContext } = requireAsHardhat("@nomicfoundation/edr") as { EdrContext: { readonly prototype: Edr } };
const runSolidityTests = EdrContext.prototype.runSolidityTests;

/**
 * Runs Solidity tests of a sandbox in this process. Hardhat compiles them once. Afterwards EDR is
 * asked directly: Hardhat's task reads all artifacts again each time, which takes longer than most
 * tests.
 */
export class TestRunner {
  readonly #root: string;
  readonly #hre: HardhatRuntimeEnvironment;
  #context: Edr | undefined;
  #call: EdrCall | undefined;

  private constructor(root: string, hre: HardhatRuntimeEnvironment) {
    this.#root = root;
    this.#hre = hre;
  }

  /** Compiles `files`, which `run` knows afterwards. @throws when they do not compile */
  static async start(root: string, files: readonly string[]): Promise<TestRunner> {
    const runner = new TestRunner(root, await createHardhatRuntimeEnvironment(MUTANT_CONFIG, {}, root));
    await runner.#compile(files);
    return runner;
  }

  /** Runs test files as they were compiled by `start`. */
  run(files: readonly string[]): Promise<Outcome> {
    if (!this.#context || !this.#call) throw new Error("not compiled");
    return ask(this.#context, this.#call, files);
  }

  /** Compiles what has changed of test files, and runs them. @throws when they do not compile */
  async runAnew(files: readonly string[]): Promise<Outcome> {
    const other = new TestRunner(this.#root, this.#hre);
    await other.#compile(files);
    return other.run(files);
  }

  async #compile(files: readonly string[]): Promise<void> {
    const keep = (context: Edr, call: EdrCall): void => {
      this.#context = context;
      this.#call = call;
    };
    EdrContext.prototype.runSolidityTests = function (this: Edr, ...call: EdrCall): Promise<unknown> {
      keep(this, call);
      return Promise.reject(new Error("kept for later"));
    };
    try {
      const testFiles = files.map((file) => join(this.#root, file));
      await this.#hre.tasks.getTask(["test", "solidity"]).run({ testFiles, noCompile: true });
    } finally {
      EdrContext.prototype.runSolidityTests = runSolidityTests;
    }
  }
}

async function ask(context: Edr, call: EdrCall, files: readonly string[]): Promise<Outcome> {
  const [chainType, artifacts, all, config] = call;
  const suites = all.filter(({ source }) => files.some((file) => source.endsWith(file)));
  const done: Suite[] = [];
  // Nobody reads the stack traces.
  const tracing = { buildInfos: [] };
  await new Promise<void>((resolve, reject) => {
    // The last suites may be told after the run has ended.
    const onSuite = (suite: Suite): void => {
      if (done.push(suite) === suites.length) resolve();
    };
    if (suites.length === 0) resolve();
    runSolidityTests.call(context, chainType, artifacts, suites, config, tracing, onSuite).catch(reject);
  });
  const has = ({ testResults }: Suite, wanted: string): boolean => testResults.some(({ status }) => status === wanted);
  const failed = done.filter((suite) => has(suite, "Failure")).map(({ id }) => id.source);
  const passed = done.filter((suite) => has(suite, "Success")).length;
  return { isGood: failed.length === 0, passed, failed };
}

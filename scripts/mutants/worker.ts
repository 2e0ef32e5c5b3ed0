import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { compileFloodgate } from "./compile.ts";
import { CODE_FILE, listTests, mutantPath } from "./sandbox.ts";
import { COMPILER_SETTINGS, OPTIMIZED_SETTINGS } from "./settings.ts";
import { TestRunner } from "./test-runner.ts";

/**
 * A process that judges one mutant after another in its sandbox. The pool ends it when a mutant
 * takes too long.
 */

export interface Order {
  readonly file: string;
  /** The mutated file. */
  readonly text: string;
  /** The file as it is. */
  readonly original: string;
  /** Test files that go first. */
  readonly likely: readonly string[];
}

/**
 * `refused` by the compiler; `same` code as Floodgate itself; `by` is what has failed; `failed` is
 * the worker itself.
 */
export interface Verdict {
  readonly status: "ready" | "killed" | "survived" | "refused" | "same" | "failed";
  readonly by?: string;
}

const root = process.argv[2] as string;
const isChecked = process.argv[3] === "true";
const { quick, slow, anew } = listTests(root);
/** So many of the likely tests run on their own before all others run together. */
const LIKELY = 4;

const original = install();
const optimized = compileFloodgate(root, "mutant", OPTIMIZED_SETTINGS);
const runner = await TestRunner.start(root, [...quick, ...slow, ...anew]);
reply(original !== null && (isChecked || (await pass())) ? { status: "ready" } : { status: "failed" });

process.on("message", async (order: Order) => {
  const path = mutantPath(root, order.file);
  writeFileSync(path, order.text);
  const verdict = await judge(order);
  writeFileSync(path, order.original);
  reply(verdict);
});
process.on("disconnect", () => process.exit());

/** Whether each test file has tests, and all pass. */
async function pass(): Promise<boolean> {
  for (const test of [...quick, ...slow, ...anew]) {
    const { isGood, passed } = await runner.run([test]);
    if (!isGood || passed === 0) return false;
  }
  return true;
}

async function judge({ file, likely }: Order): Promise<Verdict> {
  const code = install();
  if (code === null) return { status: "refused" };
  if (code === original) return { status: "same" };
  const first = likely.filter((test) => quick.includes(test)).slice(0, LIKELY);
  for (const test of first) if (!(await runner.run([test])).isGood) return { status: "killed", by: test };
  const by = await findKiller(quick.filter((test) => !first.includes(test)));
  if (by) return { status: "killed", by };
  if (compileFloodgate(root, "mutant", OPTIMIZED_SETTINGS) === optimized) return { status: "same" };
  for (const test of slow) if (!(await runner.run([test])).isGood) return { status: "killed", by: test };
  for (const test of anew) {
    // What tests import are libraries.
    const isCompiled = file === "contracts/Floodgate.sol";
    const outcome = isCompiled ? runner.run([test]) : runner.runAnew([test]);
    const isGood = await outcome.then(
      (result) => result.isGood,
      () => null,
    );
    // A test that uses the library itself does not compile with it.
    if (isGood === null) return { status: "refused" };
    if (!isGood) return { status: "killed", by: test };
  }
  return { status: "survived" };
}

/** The first of these tests that fails; all together take a third of the time of one by one. */
async function findKiller(tests: readonly string[]): Promise<string | undefined> {
  const { failed } = await runner.run(tests);
  return tests.find((test) => failed.some((source) => source.endsWith(test)));
}

/** Compiles what is in the sandbox and hands its code to the tests. */
function install(): string | null {
  const code = compileFloodgate(root, "mutant", COMPILER_SETTINGS);
  if (code !== null) writeFileSync(join(root, CODE_FILE), `0x${code}`);
  return code;
}

function reply(verdict: Verdict): void {
  process.send?.(verdict);
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { compileFloodgate } from "./compile.ts";
import { CODE_FILE, listTests, mutantPath } from "./sandbox.ts";
import { COMPILER_SETTINGS } from "./settings.ts";
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
const tests = listTests(root);
const runner = await TestRunner.start(root);

const original = install();
reply(original !== null && (isChecked || (await pass())) ? { status: "ready" } : { status: "failed" });

process.on("message", async (order: Order) => {
  const path = mutantPath(root, order.file);
  writeFileSync(path, order.text);
  const verdict = await judge(order.likely);
  writeFileSync(path, order.original);
  reply(verdict);
});
process.on("disconnect", () => process.exit());

/** Whether there are tests, and all pass. */
async function pass(): Promise<boolean> {
  const { isGood, passed } = await runner.run(tests);
  return isGood && passed > 0;
}

async function judge(likely: readonly string[]): Promise<Verdict> {
  const code = install();
  if (code === null) return { status: "refused" };
  if (code === original) return { status: "same" };
  const first = likely.filter((test) => tests.includes(test));
  for (const test of [...first, ...tests.filter((other) => !first.includes(other))]) {
    const isGood = await runner.run([test]).then(
      (result) => result.isGood,
      () => null,
    );
    // A test that uses the library itself does not compile with it.
    if (isGood === null) return { status: "refused" };
    if (!isGood) return { status: "killed", by: test };
  }
  return { status: "survived" };
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

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./run-program.ts";

/** An import of one of these starts a process or a chain. */
const SLOW_IMPORTS = /^(?:node:child_process|hardhat)$|\/devnet-node\.ts$/;
/** Code of tests; what the product imports is no matter of a test's speed. */
const TEST_CODE = /^(?:test|scripts)\//;
/** Not those of types alone: they load nothing. */
const IMPORT = /^(?:import|export)(?! type)[^"]*?"([^"]+)";$/gm;

/**
 * Test files that start a chain or a process, themselves or by what they import of test/ and
 * scripts/.
 */
export function findSlowFiles(): string[] {
  const known = new Map<string, boolean>();
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const tests = files.filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`);
  return tests.filter((path) => isSlow(path, known)).toSorted();
}

function isSlow(path: string, known: Map<string, boolean>): boolean {
  const before = known.get(path);
  if (before !== undefined) return before;
  known.set(path, false);
  const imported = [...readFileSync(join(ROOT, path), "utf8").matchAll(IMPORT)].map(([, name]) => String(name));
  const answer = imported.some((name) => SLOW_IMPORTS.test(name) || isSlowFile(join(dirname(path), name), name, known));
  known.set(path, answer);
  return answer;
}

function isSlowFile(path: string, name: string, known: Map<string, boolean>): boolean {
  return name.startsWith(".") && name.endsWith(".ts") && TEST_CODE.test(path) && isSlow(path, known);
}

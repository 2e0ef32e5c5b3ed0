import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { env, execPath, exit } from "node:process";
import { testShippedCode } from "./shipped-code.ts";

/**
 * `npm run test:deep`, for a night: the Solidity tests of the shipped build with 25,000 runs of
 * each property and invariants of 1,024 x 256 calls, kill -9 of the authority at every step and at
 * 1,000 statements by chance, the cross-checks of TypeScript against Solidity with more of
 * everything, the package as npm installs it, the proofs, and all mutants. Runs all, then fails if
 * any failed. FLOODGATE_DEEP=1 is what each of them looks for.
 */

const shipped = await testShippedCode();

const PARTS: readonly (readonly [name: string, env: Readonly<Record<string, string>>, ...args: string[]])[] = [
  ["Solidity tests", shipped, "node_modules/hardhat/dist/src/cli.js", "test", "solidity"],
  ["kill -9 at every step", {}, "node_modules/vitest/vitest.mjs", "run", "test/crash", "test/e2e/crashes.test.ts"],
  ["TypeScript against Solidity", {}, "node_modules/vitest/vitest.mjs", "run", "test/protocol"],
  ["the package", {}, "node_modules/vitest/vitest.mjs", "run", "test/package.test.ts"],
  ["proofs", {}, "scripts/prove/main.ts"],
  ["mutants", {}, "scripts/mutants/main.ts", "--all"],
];

const failed = PARTS.filter(([name, more, ...args]) => {
  console.log(`\n== ${name}`);
  const options = {
    cwd: join(import.meta.dirname, ".."),
    env: { ...env, ...more, FLOODGATE_DEEP: "1" },
    stdio: "inherit",
  } as const;
  return spawnSync(execPath, args, options).status !== 0;
}).map(([name]) => name);

console.log(failed.length === 0 ? "\nall deep tests passed" : `\nfailed: ${failed.join(", ")}`);
exit(failed.length === 0 ? 0 : 1);

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { argv, env, execPath, exit, stderr } from "node:process";
import { testShippedCode } from "./shipped-code.ts";

/**
 * `npm run test:deep`, for a night: the Solidity tests of the shipped build with 25,000 runs of
 * each property and invariants of 1,024 x 256 calls, kill -9 of the authority at every step and at
 * 1,000 statements by chance, every kind of lie to the audit, the cross-checks of TypeScript
 * against Solidity with more of everything, a torrent of 10,000 files, the benches, all pages in
 * Chromium, the package as npm installs it, the proofs, and all mutants. Runs all, then fails if
 * any failed. `-- PART...`: only those whose names contain one of these words. FLOODGATE_DEEP=1 is
 * what each of them looks for.
 */

type Part = readonly [name: string, ...args: string[]];

const VITEST = ["node_modules/vitest/vitest.mjs", "run"] as const;
const SOLIDITY = "Solidity tests";
const PARTS: readonly Part[] = [
  [SOLIDITY, "node_modules/hardhat/dist/src/cli.js", "test", "solidity"],
  ["kill -9 at every step", ...VITEST, "test/crash", "test/authority/backup", "test/e2e/crashes.test.ts"],
  ["every kind of lie", ...VITEST, "test/audit/lies.test.ts"],
  ["TypeScript against Solidity", ...VITEST, "test/protocol"],
  ["10,000 files", ...VITEST, "test/client/torrent/making"],
  ["benches", ...VITEST, "test/scripts/bench"],
  ["pages in Chromium", ...VITEST, "test/web", "test/break-it"],
  ["the package", ...VITEST, "test/package.test.ts"],
  ["proofs", "scripts/prove/main.ts"],
  ["mutants", "scripts/mutants/main.ts", "--all"],
];

const words = argv.slice(2);
const parts = PARTS.filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)));
if (parts.length === 0) {
  stderr.write(`no part has such a name: write one of ${PARTS.map(([name]) => `"${name}"`).join(", ")}\n`);
  exit(2);
}

const shipped = parts.some(([name]) => name === SOLIDITY) ? await testShippedCode() : {};
const failed = parts.filter(([name, ...args]) => !passes(name, args)).map(([name]) => name);

console.log(failed.length === 0 ? "\nall of these deep tests passed" : `\nfailed: ${failed.join(", ")}`);
exit(failed.length === 0 ? 0 : 1);

function passes(name: string, args: readonly string[]): boolean {
  console.log(`\n== ${name}`);
  const more = name === SOLIDITY ? shipped : {};
  const options = {
    cwd: join(import.meta.dirname, ".."),
    env: { ...env, ...more, FLOODGATE_DEEP: "1" },
    stdio: "inherit",
  } as const;
  return spawnSync(execPath, args, options).status === 0;
}

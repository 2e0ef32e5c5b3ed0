import { spawnSync } from "node:child_process";
import { join } from "node:path";

/**
 * `npm run check`: types, lint and formatting, Solidity lint, dead code, the generated ABI, gas,
 * import directions. Runs all, then fails if any failed.
 */

const CHECKS: readonly (readonly [name: string, ...args: string[]])[] = [
  ["types", "node_modules/typescript/bin/tsc", "--project", "tsconfig.json"],
  ["types of scripts for browsers", "node_modules/typescript/bin/tsc", "--project", "web/tsconfig.json"],
  ["lint and format", "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  ["Solidity lint", "node_modules/solhint/solhint.js", "--disc", "--max-warnings", "0", "contracts/**/*.sol"],
  ["dead code", "node_modules/knip/bin/knip.js"],
  ["generated ABI", "scripts/generate/abi.ts", "--check"],
  ["generated documents", "scripts/generate/docs.ts", "--check"],
  ["sizes, links, words", "scripts/checks/main.ts"],
  ["gas", "scripts/bench/gas.ts", "--check"],
  ["import directions", "node_modules/vitest/vitest.mjs", "run", "test/architecture.test.ts", "--reporter=dot"],
];

const failed = CHECKS.filter(([name, ...args]) => {
  console.log(`\n== ${name}`);
  const result = spawnSync(process.execPath, args, { cwd: join(import.meta.dirname, ".."), stdio: "inherit" });
  return result.status !== 0;
}).map(([name]) => name);

console.log(failed.length === 0 ? "\nall checks passed" : `\nfailed: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);

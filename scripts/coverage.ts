import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { readOptions } from "./options.ts";

/**
 * `npm run coverage`: the Solidity tests with coverage of the contract and its libraries. Exit code
 * 1 below 100 % of lines and statements, or when a test fails. Hardhat counts no branches: those
 * are the mutants' part (`npm run mutants`).
 */

interface Row {
  readonly file: string;
  readonly lines: number;
  readonly statements: number;
  readonly uncovered: string;
}

const ROOT = join(import.meta.dirname, "..");
const LIBRARIES = "contracts/libraries";
const MAX_OUTPUT_BYTES = 1 << 26;
/** A row of Hardhat's table: ║ file │ line % │ statement % │ uncovered lines ║ */
const ROW =
  /^║ (?<file>contracts\/\S+\.sol)\s+│\s*(?<lines>[\d.]+)\s*│\s*(?<statements>[\d.]+)\s*│\s*(?<uncovered>.*?)\s*║$/gm;

readOptions(
  `Usage: npm run coverage

Runs the Solidity tests, and prints what of the contract and its libraries they cover.`,
  {},
);
const output = runTests();
const table = readTable(output);
const rows = measuredFiles().map((file) => table.get(file) ?? { file, lines: 0, statements: 0, uncovered: "all" });
console.log(`${"file".padEnd(42)} lines %  statements %  uncovered lines`);
for (const { file, lines, statements, uncovered } of rows)
  console.log(
    `${file.padEnd(42)} ${lines.toFixed(2).padStart(7)}  ${statements.toFixed(2).padStart(12)}  ${uncovered}`,
  );
const short = rows.filter(({ lines, statements }) => lines < 100 || statements < 100);
if (short.length > 0) fail(`below 100 %: ${short.map(({ file }) => file).join(", ")} (COVERAGE_TOO_LOW)`);

function measuredFiles(): string[] {
  const names = readdirSync(join(ROOT, LIBRARIES), { recursive: true, encoding: "utf8" });
  const libraries = names.filter((name) => name.endsWith(".sol")).sort();
  return ["contracts/Floodgate.sol", ...libraries.map((name) => `${LIBRARIES}/${name}`)];
}

/** Without via-IR: compiled in a fifth of the time, and the same lines run. */
function runTests(): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/hardhat/dist/src/cli.js", "test", "solidity", "--coverage"],
    { cwd: ROOT, env: { ...process.env, FLOODGATE_IR: "0" }, encoding: "utf8", maxBuffer: MAX_OUTPUT_BYTES },
  );
  if (status !== 0) {
    console.error(stdout + stderr);
    fail("the Solidity tests fail (TESTS_FAILED)");
  }
  return stripVTControlCharacters(stdout);
}

function readTable(text: string): Map<string, Row> {
  const found = [...text.matchAll(ROW)].map(({ groups = {} }): Row => {
    const { file = "", lines, statements, uncovered = "" } = groups;
    return { file, lines: Number(lines), statements: Number(statements), uncovered };
  });
  return new Map(found.map((row) => [row.file, row]));
}

function fail(message: string): never {
  console.error(`error: ${message}`);
  process.exit(1);
}

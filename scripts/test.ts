import { formatEnding } from "./test/ending.ts";
import { add, type FileResult, NONE } from "./test/results.ts";
import { findSlowFiles } from "./test/slow-files.ts";
import { type SolidityTests, startSolidityTests } from "./test/solidity.ts";
import { runVitest } from "./test/vitest.ts";

/**
 * `npm test`: the Solidity tests, and vitest beside them. `--fast`: only what starts no chain and
 * no process. Other arguments go to vitest (a path, `-t NAME`) and leave Solidity out. The last
 * line counts all: "N passed, N failed, N skipped". Exit code 0 only when nothing failed and tests
 * ran.
 */

if (process.argv.includes("--help")) {
  console.log(`Usage: npm test -- [--fast] [PATH...] [-t NAME]

The Solidity tests, and vitest beside them. --fast: only what starts no chain and no process.
A path or a name runs those tests alone, without Solidity.`);
  process.exit(0);
}

const isFast = process.argv.includes("--fast");
const filters = process.argv.slice(2).filter((argument) => argument !== "--fast");

const solidity = isFast || filters.length > 0 ? null : startSolidityTests();
// Building it once is quicker than twice at the same time.
await solidity?.built.catch(() => undefined);
const excluded = isFast ? findSlowFiles().map((path) => `--exclude=${path}`) : [];
const files = await runVitest([...filters, ...excluded], isFast ? { FLOODGATE_TEST_FAST: "1" } : {});
if (solidity) files.push(await finishSolidity(solidity));

console.log(`\n${formatEnding(files)}`);
const { passed, failed } = files.reduce(add, NONE);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** Shows what Solidity said only when something went wrong there. */
async function finishSolidity({ done }: SolidityTests): Promise<FileResult> {
  try {
    const { result, output } = await done;
    if (result.failed > 0) console.log(`\nSolidity tests\n${output}`);
    return result;
  } catch (error) {
    console.log(`\nSolidity tests\n${String(error)}`);
    return { ...NONE, failed: 1, path: "test/contracts/*.t.sol", seconds: 0 };
  }
}

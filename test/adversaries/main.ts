import { LARGE, SMALL } from "../../scripts/cheats/arena.ts";
import { formatRows, judge, rowsToJson } from "../../scripts/cheats/row.ts";
import { readOptions } from "../../scripts/options.ts";
import { runAll } from "./run-all.ts";

/** `npm run test:adversaries`: every kind of cheat, large. */

const HELP = `Usage: npm run test:adversaries -- [OPTIONS]

Every kind of cheat against real programs, and what each came to beside its bound.

  --small      as in npm test
  --only TEXT  those whose name contains it
  --json       one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  small: { type: "boolean" },
  only: { type: "string", default: "" },
});
const startedAt = performance.now();
const say = (line: string): boolean =>
  process.stderr.write(`${Math.round((performance.now() - startedAt) / 1000)} s: ${line}\n`);

const isSmall = values.small === true;
const rows = await runAll(isSmall ? SMALL : LARGE, { isParallel: isSmall, only: values.only, say });
console.log(formatRows(rows));
const broken = rows.flatMap((row) => judge(row).map((problem) => `${row.scenario}: ${problem}`));
console.log(broken.length === 0 ? "Every bound holds." : `Broken:\n  ${broken.join("\n  ")}`);
if (values.json) console.log(rowsToJson(rows));
process.exit(broken.length === 0 ? 0 : 1);

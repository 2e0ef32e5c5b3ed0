import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import Table from "cli-table3";
import { readOptions } from "../options.ts";
import { makeHistory, type RowKind } from "./audit/make-history.ts";

/** `npm run bench:audit`: how fast the audit is, and what memory it takes. */

const HELP = `Usage: npm run bench:audit -- [OPTIONS]

Rows of batches that the audit checks per second of CPU time, decoding and all checks included, and
the memory that it takes, at 10,000 and at 100,000 rows. The history is honest, signed, and made
before.

  --smoke  a few hundred rows: shows that it works, and measures nothing
  --json   one more line at the end, for programs`;

const values = readOptions(HELP, { json: { type: "boolean" }, smoke: { type: "boolean" } });
const SIZES = values.smoke ? [400, 800] : [10_000, 100_000];
const ROUNDS = values.smoke ? 1 : 3;

/** MiB: V8 collects garbage early, and a process that keeps more than this alive dies. */
const HEAP = ["--max-old-space-size=64", "--max-semi-space-size=4"];

interface Outcome {
  readonly rowsPaid: number;
  readonly signaturesChecked: number;
  readonly signaturesCheckedTwice: number;
  readonly findings: number;
  readonly notChecked: number;
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  /** Of the first finding. */
  readonly sentence: string | null;
}

interface Figure {
  readonly kind: RowKind;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly rssMiB: number;
}

/** Audits a recording in a process of its own. */
function audit(path: string, lastBlock: number, rows: number): Outcome {
  const program = join(import.meta.dirname, "audit", "replay.ts");
  const args = ["--disable-warning=ExperimentalWarning", ...HEAP, program, path, String(lastBlock)];
  const { stdout, stderr, status } = spawnSync(execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the audit of the recording failed: ${stderr}`);
  const outcome = JSON.parse(stdout) as Outcome;
  if (outcome.findings + outcome.notChecked > 0) throw new Error(`the recording is not clean: ${outcome.sentence}`);
  if (outcome.rowsPaid !== rows) throw new Error(`${outcome.rowsPaid} of ${rows} rows were checked`);
  return outcome;
}

const middle = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] as number;

async function measure(directory: string, kind: RowKind, rows: number): Promise<Figure> {
  const path = join(directory, `${kind}-${rows}.jsonl`);
  const lastBlock = await makeHistory(path, kind, rows);
  const outcomes = Array.from({ length: ROUNDS }, () => audit(path, lastBlock, rows));
  const rowsPerSecond = Math.round(rows / middle(outcomes.map(({ cpuSeconds }) => cpuSeconds)));
  return { kind, rows, rowsPerSecond, rssMiB: Math.round(middle(outcomes.map(({ rssMiB }) => rssMiB))) };
}

const directory = mkdtempSync(join(tmpdir(), "floodgate-bench-audit-"));
const figures: Figure[] = [];
try {
  for (const kind of ["vouchers", "statements"] as const)
    for (const rows of SIZES) figures.push(await measure(directory, kind, rows));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
const table = new Table({
  head: ["rows of", "rows", "rows per CPU second", "MiB at most"],
  style: { head: [], border: [] },
});
for (const { kind, rows, rowsPerSecond, rssMiB } of figures) table.push([kind, rows, rowsPerSecond, rssMiB]);
console.log(table.toString());
console.log(
  `medians of ${ROUNDS} rounds, each in a process of its own; the machine has ${availableParallelism()} cores`,
);
if (values.json) {
  const { rowsPerSecond, rssMiB, rows } = figures[SIZES.length - 1] as Figure;
  console.log(JSON.stringify({ rowsPerSecond, rssMiB, rows }));
}

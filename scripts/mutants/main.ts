import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exit, stderr } from "node:process";
import { readOptions } from "../options.ts";
import { parseExplanations } from "./explanations.ts";
import { listMutants, type Mutant, nameOf } from "./mutant.ts";
import { Judge, type Kill, TIME_LIMIT } from "./pool.ts";
import { type Judged, MutantQueue } from "./queue.ts";
import { formatSurvivor, formatTable, isSurvivor } from "./report.ts";
import { VerdictStore } from "./verdict-store.ts";

/** `npm run mutants`: whether the Solidity tests notice a change of the contract. */

const HELP = `Usage: npm run mutants -- [OPTIONS]

Changes Floodgate.sol and its libraries in one place at a time, and runs the Solidity tests until one
fails. With --all it fails when a survivor is not explained in test/contracts/mutants.md, or fewer
than 97 % are killed. A sample names its survivors, and fails when fewer than 90 % are killed.

  --all        judges every mutant
  --sample N   judges N of them by chance (100)
  --seed TEXT  of that chance: the same mutants again
  --only NAME  files whose path contains it
  --workers N  processes that judge (2)
  --resume     takes over the kills of an earlier run
  --json       one more line at the end, for programs`;

const ROOT = join(import.meta.dirname, "..", "..");
const STORE = join(ROOT, "cache", "mutants.jsonl");
/** A hundred by chance scatter about the share of all. */
const LEAST_KILLED = { all: 0.97, sample: 0.9 };

const values = readOptions(HELP, {
  all: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  resume: { type: "boolean", default: false },
  sample: { type: "string", default: "100" },
  seed: { type: "string", default: String(randomInt(1_000_000)) },
  workers: { type: "string", default: "2" },
});

const libraries = readdirSync(join(ROOT, "contracts", "libraries"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".sol"))
  .map((name) => `contracts/libraries/${name}`);
const files = ["contracts/Floodgate.sol", ...libraries.sort()].filter((file) => file.includes(values.only));
const originals = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
const candidates = files.flatMap((file) => listMutants(file, originals.get(file) ?? ""));
const reasons = parseExplanations(readFileSync(join(ROOT, "test", "contracts", "mutants.md"), "utf8"));
const count = values.all ? Number.POSITIVE_INFINITY : Number(values.sample);
const queue = new MutantQueue(candidates, count, values.seed);
const store = new VerdictStore(STORE, values.resume);
const kills: Kill[] = candidates.flatMap((mutant) => {
  const by = store.get(mutant)?.by;
  return by === undefined || by === TIME_LIMIT ? [] : [{ file: mutant.file, line: mutant.line, by }];
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => exit(130));
console.log(`${values.all ? "all" : count} of ${candidates.length} candidates, seed ${values.seed}`);
await Promise.all(Array.from({ length: Number(values.workers) }, work));

const { judged } = queue;
const killed = judged.filter((one) => !isSurvivor(one)).length;
const unexplained = judged.filter((one) => isSurvivor(one) && !reasonOf(one));
const known = new Set(candidates.map(nameOf));
const stale = [...reasons.keys()].filter((name) => files.includes(name.split(":")[0] ?? "") && !known.has(name));
console.log(formatTable(judged, (one) => reasonOf(one) !== undefined));
const slow = judged.filter(({ verdict }) => verdict.by === TIME_LIMIT).length;
console.log(
  `${slow} of the killed ran out of time; ${queue.replaced} more did not compile, or to the same code: replaced`,
);

const survivors = new Set(judged.filter(isSurvivor).map(({ mutant }) => nameOf(mutant)));
const dead = judged.filter((one) => reasonOf(one) && !survivors.has(nameOf(one.mutant)));

const least = values.all ? LEAST_KILLED.all : LEAST_KILLED.sample;
const toExplain = [
  ...unexplained.map(({ mutant }) => `a survivor is not explained: ${nameOf(mutant)}`),
  ...dead.map(({ mutant }) => `an explanation is of a mutant that is killed: ${nameOf(mutant)}`),
];
if (!values.all) for (const one of toExplain) stderr.write(`note: ${one}\n`);
const problems = [
  ...(killed < least * judged.length ? [`only ${killed} of ${judged.length} mutants are killed`] : []),
  ...(values.all ? toExplain : []),
  ...stale.map((name) => `an explanation is of no mutant any more: ${name}`),
];
for (const problem of problems) stderr.write(`error: ${problem} (MUTANTS)\n`);
if (values.json) console.log(JSON.stringify({ mutants: judged.length, killed }));
exit(problems.length === 0 ? 0 : 1);

async function work(): Promise<void> {
  using judge = new Judge(kills);
  for (let mutant = queue.next(); mutant; mutant = queue.next()) {
    const verdict = store.get(mutant) ?? (await judgeAnew(judge, mutant));
    queue.settle(mutant, verdict);
    const last = { mutant, verdict };
    if (isSurvivor(last)) console.log(formatSurvivor(last, reasonOf(last)));
  }
}

async function judgeAnew(judge: Judge, mutant: Mutant): ReturnType<Judge["judge"]> {
  const verdict = await judge.judge(mutant, originals.get(mutant.file) ?? "");
  store.add(mutant, verdict);
  return verdict;
}

function reasonOf({ mutant }: Judged): string | undefined {
  return reasons.get(nameOf(mutant));
}

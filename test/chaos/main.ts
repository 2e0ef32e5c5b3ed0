import { parseArgs } from "node:util";
import { ensureContracts } from "../../cli/deploy/contracts.ts";
import { runSeed } from "./run-seed.ts";
import { openStage } from "./stage.ts";

/**
 * `npm run test:chaos`: the authority under reorganizations, faults of nodes and kills.
 * `-- --seeds N`: how many (500); `-- --from N`: the first; `-- --json`: one line at the end.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "500" },
    from: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const [count, first] = [Number(values.seeds), Number(values.from)];
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(first) || first < 0) {
  console.error("write whole numbers: --seeds 500 --from 1");
  process.exit(2);
}

/** A seed waits for threads most of its time: for its chain, and for its store's disk. */
const AT_ONCE = 4;

const sums = { seeds: 0, reorgs: 0, faults: 0, lost: 0, twice: 0, mismatched: 0, restarts: 0 };
await ensureContracts();
let next = first;
await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, runSeeds));
console.log(JSON.stringify(sums));
if (sums.lost + sums.twice + sums.mismatched + sums.restarts > 0) process.exitCode = 1;

/** On a chain of its own, until there is no seed left. */
async function runSeeds(): Promise<void> {
  await using stage = await openStage();
  while (next < first + count) {
    const report = await runSeed(stage, next++);
    const { seed, lost, twice, mismatched, restarts } = report;
    sums.seeds++;
    for (const name of ["reorgs", "faults"] as const) sums[name] += report[name];
    for (const name of ["lost", "twice", "mismatched", "restarts"] as const) sums[name] += report[name].length;
    for (const wrong of [...lost, ...twice, ...mismatched, ...restarts]) console.error(`seed ${seed}: ${wrong}`);
    if (!values.json && sums.seeds % 5 === 0) console.log(`${sums.seeds} seeds: ${JSON.stringify(sums)}`);
  }
}

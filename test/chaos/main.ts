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

const sums = { seeds: 0, reorgs: 0, faults: 0, lost: 0, twice: 0, mismatched: 0, restarts: 0 };
await ensureContracts();
await using stage = await openStage();
for (let seed = first; seed < first + count; seed++) {
  const report = await runSeed(stage, seed);
  const wrongs = [...report.lost, ...report.twice, ...report.mismatched, ...report.restarts];
  sums.seeds++;
  for (const name of ["reorgs", "faults"] as const) sums[name] += report[name];
  for (const name of ["lost", "twice", "mismatched", "restarts"] as const) sums[name] += report[name].length;
  for (const wrong of wrongs) console.error(`seed ${seed}: ${wrong}`);
  if (!values.json && seed % 5 === 0) console.log(`seed ${seed}: ${JSON.stringify(sums)}`);
}
console.log(JSON.stringify(sums));
if (sums.lost + sums.twice + sums.mismatched + sums.restarts > 0) process.exitCode = 1;

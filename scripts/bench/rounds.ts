import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import Table from "cli-table3";
import { createBondWatch } from "../../authority/allotments/bond-watch.ts";
import { claimMissing } from "../../authority/claims/claim-missing.ts";
import type { Context } from "../../authority/context.ts";
import { settleByPolicy, settleReady } from "../../authority/settlement/settle.ts";
import { listBundles } from "../../authority/store/tables/bundles.ts";
import { readOptions } from "../options.ts";
import { openContext } from "./rounds/context.ts";
import { closeLanes, seedLanes } from "./rounds/seed.ts";

/** `npm run bench:rounds`: how long the authority's own work holds its event loop. */

const HELP = `Usage: npm run bench:rounds -- [OPTIONS]

The longest stop of the authority's event loop, on a store with 100,000 open lanes: in its first round, in rounds with
nothing to do, and while it settles 40,000 lanes. And how large the bundle of a batch of 100 rows is beside them. The
second column counts only the CPU of the loop's own thread.

  --lanes N  open lanes (100000)
  --settle N lanes that are settled at once (40000)
  --smoke    a few lanes: proves that it works
  --json     one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  smoke: { type: "boolean" },
  lanes: { type: "string" },
  settle: { type: "string" },
});
const LANES = Number(values.lanes ?? (values.smoke ? 2_000 : 100_000));
const SETTLED = Number(values.settle ?? (values.smoke ? 600 : 40_000));
const ROW_COUNT = 100;
const IDLE_ROUNDS = values.smoke ? 2 : 20;

const home = mkdtempSync(join(tmpdir(), "floodgate-rounds-"));
const context = await openContext(home);
const watchBond = createBondWatch(context);

async function round(): Promise<void> {
  await settleByPolicy(context);
  await claimMissing(context);
  await watchBond();
}

interface Stop {
  /** Milliseconds, other programs' turns on the processor included. */
  readonly wall: number;
  /** Milliseconds of the loop's own thread: what a busy machine changes least. */
  readonly cpu: number;
}

/** The longest time in which nothing else ran, and the longest that the loop itself worked. */
async function longestStop(work: () => Promise<unknown>): Promise<Stop> {
  const turns = watchTurns();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  await work();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { wall: Math.round(delay.max / 1e5) / 10, cpu: Math.round(turns.end() / 100) / 10 };
}

/** `end` returns the most microseconds of CPU between two turns of the event loop. */
function watchTurns(): { end(): number } {
  let [longest, isOver] = [0, false];
  let last = process.threadCpuUsage();
  const turn = (): void => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, user + system);
    last = process.threadCpuUsage();
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    end() {
      isOver = true;
      return longest;
    },
  };
}

async function idle(): Promise<void> {
  for (let i = 0; i < IDLE_ROUNDS; i++) {
    await round();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function settleBatch({ store }: Context): Promise<number> {
  await closeLanes(context, ROW_COUNT);
  await settleReady(context);
  const [newest] = await listBundles(store.db, Number.MAX_SAFE_INTEGER, 1);
  return newest?.bytes ?? 0;
}

try {
  await seedLanes(context, LANES);
  const first = await longestStop(round);
  const nothing = await longestStop(idle);
  const bundleBytes = await settleBatch(context);
  await closeLanes(context, SETTLED);
  const begun = performance.now();
  const settling = await longestStop(() => settleReady(context));
  const seconds = (performance.now() - begun) / 1_000;

  const table = new Table({
    head: ["longest stop of the event loop", "ms", "of its CPU"],
    style: { head: [], border: [] },
  });
  table.push(["first round", first.wall, first.cpu], ["round with nothing to do", nothing.wall, nothing.cpu]);
  table.push([`settling ${SETTLED} lanes, in ${seconds.toFixed(1)} s`, settling.wall, settling.cpu]);
  console.log(table.toString());
  console.log(`bundle of ${ROW_COUNT} rows beside ${LANES} open lanes: ${bundleBytes} bytes`);
  if (values.json) {
    const walls = { idleBlockMs: nothing.wall, firstBlockMs: first.wall, settleBlockMs: settling.wall };
    console.log(JSON.stringify({ ...walls, bundleBytes }));
  }
} finally {
  await context.store.close();
  rmSync(home, { recursive: true, force: true });
}

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Table from "cli-table3";
import { readOptions } from "../options.ts";
import { cpuSecondsOf } from "./announce/processes.ts";
import { logInAtDesk, Viewer } from "./dashboards/viewers.ts";
import type { ApiTarget } from "./intake/people.ts";

/** `npm run bench:dashboards`: what people who look at pages cost the authority. */

const HELP = `Usage: npm run bench:dashboards -- [OPTIONS]

The share of a core that 50 open dashboards cost the authority: 25 people at the operator's desk and 25 at their
accounts, then 50 at accounts alone. Each asks as its page does: the desk every 5 s, an account 2 routes every 4 s and 3 more
each third time, with signed requests; its 100 lanes change all the time. What the authority does without them is taken off.

  --smoke  seconds: proves that it works
  --json   one more line at the end, for programs`;

const values = readOptions(HELP, { json: { type: "boolean" }, smoke: { type: "boolean" } });
const VIEWERS = 50;
const LANES = values.smoke ? 5 : 100;
const MEASURE_MS = values.smoke ? 1_000 : 20_000;
const SPREAD_MS = values.smoke ? 500 : 5_000;
const PACE = values.smoke ? 10 : 1;
const DESK_SECRET = "0".repeat(64);

const home = mkdtempSync(join(tmpdir(), "floodgate-dashboards-"));
const child = fork(join(import.meta.dirname, "dashboards/api.ts"), [home, String(VIEWERS), String(LANES)], {
  execArgv: ["--disable-warning=ExperimentalWarning"],
  serialization: "advanced",
});

/** CPU seconds a second, and answers a second. */
async function measure(api: ApiTarget, viewers: readonly Viewer[]) {
  for (const [i, viewer] of viewers.entries()) viewer.begin((i * SPREAD_MS) / viewers.length);
  // Code that has run a while is what counts.
  await setTimeout(2 * SPREAD_MS);
  const [startedAt, cpu, answers] = [performance.now(), cpuSecondsOf(api.pid), answersOf(viewers)];
  await setTimeout(MEASURE_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  const share = (cpuSecondsOf(api.pid) - cpu) / seconds;
  const perSecond = (answersOf(viewers) - answers) / seconds;
  for (const viewer of viewers) viewer.end();
  return { share, perSecond };
}

function answersOf(viewers: readonly Viewer[]): number {
  return viewers.reduce((sum, { answers }) => sum + answers, 0);
}

try {
  const [api] = (await once(child, "message")) as [ApiTarget];
  const cookie = await logInAtDesk(api, DESK_SECRET);
  const desks = (count: number) => Array.from({ length: count }, () => Viewer.ofDesk(api, cookie, PACE));
  const accounts = (count: number) => Array.from({ length: count }, (_, i) => Viewer.ofAccount(api, i, PACE));
  const alone = await measure(api, []);
  const mixed = await measure(api, [...desks(VIEWERS / 2), ...accounts(VIEWERS / 2)]);
  const onlyAccounts = await measure(api, accounts(VIEWERS));
  const onlyDesks = await measure(api, desks(VIEWERS));
  const table = new Table({ head: ["who looks", "of a core", "answers a second"] });
  const row = (name: string, { share, perSecond }: typeof mixed): void => {
    table.push([name, `${(100 * (share - alone.share)).toFixed(1)} %`, perSecond.toFixed(1)]);
  };
  row(`${VIEWERS / 2} at the desk, ${VIEWERS / 2} at accounts`, mixed);
  row(`${VIEWERS} at accounts`, onlyAccounts);
  row(`${VIEWERS} at the desk`, onlyDesks);
  process.stdout.write(`${table.toString()}\n`);
  if (values.json) {
    const of = ({ share }: typeof mixed): number => Math.round(1_000 * (share - alone.share)) / 1_000;
    const figures = { mixed: of(mixed), accounts: of(onlyAccounts), desks: of(onlyDesks) };
    process.stdout.write(`${JSON.stringify({ ...figures, answersPerSecond: Math.round(mixed.perSecond) })}\n`);
  }
} finally {
  child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}

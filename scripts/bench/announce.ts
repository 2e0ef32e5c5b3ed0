import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import Table from "cli-table3";
import { readOptions } from "../options.ts";
import { announceAll, measure, type Rate } from "./announce/load.ts";
import { measurePaid } from "./announce/paid.ts";
import { hasProgram, startBaseline, startOpentracker, startOurs, type Target } from "./announce/processes.ts";
import { startStubAuthority } from "./announce/stub-authority.ts";
import { swarmQueries } from "./announce/swarms.ts";
import { measureUdp } from "./announce/udp-load.ts";
import { quartiles } from "./statistics.ts";

/** `npm run bench:announce`: announces per second of the tracker, beside other trackers. */

const HELP = `Usage: npm run bench:announce -- [OPTIONS]

Announces per second: of free content over HTTP, with a connection each and kept alive, in many swarms and in one large
one, and over UDP; of paid content with a token alone, with a signed request that brings nothing new, and with one that
brings lanes. bittorrent-tracker and opentracker (where Debian has it) take turns with ours. wrk makes the load where it
is installed. Beside each rate stands the rate for each second of the tracker's CPU, which a busy machine changes less;
when lanes are issued, of the authority's.

  --rounds N  turns of each (default 3)
  --free      only what needs no chain
  --paid      only what needs one
  --smoke     one short turn of each: proves that it works
  --json      one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  smoke: { type: "boolean" },
  free: { type: "boolean" },
  paid: { type: "boolean" },
  rounds: { type: "string", default: "3" },
});
const ROUNDS = values.smoke ? 1 : Math.max(1, Number(values.rounds) || 3);
const SECONDS = values.smoke ? 1 : 4;
const CONNECTIONS = 32;
const UDP_WINDOW = 64;
const MEMORY_PEERS = values.smoke ? 50_000 : 1_000_000;
const PAID = values.smoke
  ? { payers: 3, payees: 2, contents: 3, seconds: SECONDS, rounds: ROUNDS }
  : { payers: 80, payees: 10, contents: 60, seconds: SECONDS, rounds: ROUNDS };
const [SWARMS, LARGE] = values.smoke ? [4, 100] : [100, 5_000];

type Rates = Map<string, Rate[]>;
const rates: Rates = new Map();

function note(name: string, rate: Rate): void {
  rates.set(name, [...(rates.get(name) ?? []), rate]);
}

/** Median of the rounds, whole numbers; null when it was not measured. */
function median(name: string, key: keyof Rate = "perSecond"): number | null {
  const measured = rates.get(name);
  return measured === undefined ? null : Math.round(quartiles(measured.map((rate) => rate[key])).median);
}

async function measureFree(): Promise<void> {
  const authority = await startStubAuthority();
  const targets = new Map<string, Target>([["", await startOurs(authority.url, authority.secret)]]);
  targets.set("baseline ", await startBaseline());
  const opentracker = await startOpentracker();
  if (opentracker !== null) targets.set("opentracker ", opentracker);
  const [many, one] = [swarmQueries(SWARMS, 50), swarmQueries(1, LARGE)];
  // Debian's opentracker closes each connection.
  for (const target of targets.values())
    await announceAll(target.url, [...many, ...one], CONNECTIONS, target === opentracker);
  const load = { connections: CONNECTIONS, seconds: SECONDS };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, target] of targets) {
      note(`${name}closing`, await measure(target, { ...load, queries: many, isClosing: true }));
      note(`${name}closing, one swarm`, await measure(target, { ...load, queries: one, isClosing: true }));
      if (target !== opentracker)
        note(`${name}kept alive`, await measure(target, { ...load, queries: many, isClosing: false }));
    }
    note("udp", await measureUdp(targets.get("") as Target, { seconds: SECONDS, window: UDP_WINDOW }));
  }
  for (const target of targets.values()) await target.stop();
  authority.stop();
}

async function measureMemory(): Promise<number> {
  const file = join(import.meta.dirname, "announce", "memory.ts");
  const args = ["--expose-gc", "--disable-warning=ExperimentalWarning", file, String(MEMORY_PEERS), "1000"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return Math.round(Number(await text(child.stdout)));
}

if (!values.paid) await measureFree();
const bytesPerPeer = values.paid ? null : await measureMemory();
let lanesPerIssue: number | null = null;
if (!values.free) {
  const paid = await measurePaid(PAID);
  note("issuing", paid.issuing);
  for (const rate of paid.tokenOnly) note("token only", rate);
  for (const rate of paid.signed) note("signed", rate);
  lanesPerIssue = paid.lanesPerIssue;
}

const table = new Table({ head: ["announces", "per second", "per CPU second"] });
for (const name of rates.keys()) table.push([name, median(name), median(name, "perCpuSecond")]);
process.stdout.write(`${table.toString()}\n`);
if (bytesPerPeer !== null)
  process.stdout.write(`memory: ${bytesPerPeer} bytes a peer, of ${MEMORY_PEERS} in 1,000 swarms\n`);
if (lanesPerIssue !== null) process.stdout.write(`lanes in a reply that issues: ${lanesPerIssue.toFixed(1)}\n`);
process.stdout.write(`load by ${hasProgram("wrk") ? "wrk" : "node:http, which is slower than the tracker"}\n`);
if (values.json) {
  const figures = {
    freeClosing: median("closing"),
    freeClosingOneSwarm: median("closing, one swarm"),
    freeKeepAlive: median("kept alive"),
    tokenOnly: median("token only"),
    signed: median("signed"),
    issuing: median("issuing"),
    udp: median("udp"),
    bytesPerPeer,
    baselineClosing: median("baseline closing"),
    baselineOneSwarm: median("baseline closing, one swarm"),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

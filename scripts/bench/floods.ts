import Table from "cli-table3";
import { readOptions } from "../options.ts";
import { floodSeeder } from "./floods/seeder.ts";
import { floodTracker } from "./floods/tracker.ts";

/** `npm run bench:floods`: what attackers from one host cost the honest. */

const HELP = `Usage: npm run bench:floods -- [OPTIONS]

Attackers from one host, and the honest beside them. Of the tracker: thousands of connections that announce all the
time with new ports; how much of a swarm of 100 is left, and how many honest announces are answered within a second. Of
a seeder: idle wires, idle libp2p connections, and connections with many streams each; the speed of an honest download
beside them, as a share of the speed without, and the seeder's memory.

  --rounds N  downloads of each (default 3): the best counts
  --smoke     few attackers, one round: proves that it works
  --json      one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  smoke: { type: "boolean" },
  rounds: { type: "string", default: "3" },
});
const MIB = 1024 * 1024;
const TRACKER = values.smoke ? { connections: 50, announces: 20 } : { connections: 2_000, announces: 300 };
const SEEDER = values.smoke
  ? { fileBytes: 5 * MIB, wires: 5, connections: 5, streams: 4, connectionsOfStreams: 5, rounds: 1 }
  : {
      fileBytes: 32 * MIB,
      wires: 55,
      connections: 299,
      streams: 100,
      connectionsOfStreams: 500,
      rounds: Math.max(1, Number(values.rounds) || 3),
    };

const tracker = await floodTracker(TRACKER);
const seeder = await floodSeeder(SEEDER);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const table = new Table({ head: ["what", "measured"] });
table.push(
  ["honest peers still told of", percent(tracker.swarmKept)],
  ["honest announces within 1 s", percent(tracker.honestAnnounces)],
  ["honest announces, p50 / p99", `${tracker.p50Ms.toFixed(0)} / ${tracker.p99Ms.toFixed(0)} ms`],
  [`speed beside ${SEEDER.wires} idle wires`, percent(seeder.idleWiresRatio)],
  [`speed beside ${SEEDER.connections} idle connections`, percent(seeder.idleConnectionsRatio)],
  [
    `seeder's memory, ${SEEDER.connectionsOfStreams} connections x ${SEEDER.streams} streams`,
    `${seeder.seederRssMiB.toFixed(0)} MiB`,
  ],
);
process.stdout.write(`${table.toString()}\n`);
if (values.json) {
  const { swarmKept, honestAnnounces } = tracker;
  process.stdout.write(`${JSON.stringify({ ...seeder, swarmKept, honestAnnounces })}\n`);
}

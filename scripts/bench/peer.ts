import { stdout } from "node:process";
import { setTimeout } from "node:timers/promises";
import { readEndpoint } from "../../client/local-api/endpoint.ts";
import { findLocalPeer } from "../../client/local-api/local-client.ts";
import { startWorld } from "../devnet/world.ts";
import { readOptions } from "../options.ts";
import { fillHome } from "./peer/fill-home.ts";
import { readUsage } from "./peer/usage.ts";

/** `npm run bench:peer`: what a peer costs that holds many contents and is asked for none. */

const HELP = `Usage: npm run bench:peer -- [OPTIONS]

One peer holds many complete paid contents of 64 MiB, a thousand pieces each, which nobody asks for. How long it takes
from its start to the last content's announce, and after that its memory and its share of one core.

  --contents N  how many (1000)
  --seconds N   how long it is watched (90: each content announces once)
  --smoke       20 contents, 5 seconds: proves that it works
  --json        one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  smoke: { type: "boolean" },
  contents: { type: "string" },
  seconds: { type: "string" },
});
const contents = Number(values.contents ?? (values.smoke ? 20 : 1_000));
const seconds = Number(values.seconds ?? (values.smoke ? 5 : 90));
const say = (line: string): void => void stdout.write(`${line}\n`);

await using world = await startWorld([], ["--requests-per-minute", "1000000"]);
const { home } = await world.customer("keeper", "20.00");
await fillHome(world.network, home, world.directory, contents);
say(`${contents} contents are published`);

const startedAtMs = performance.now();
const peer = world.runner.start(["peer", "start", "--home", home]);
await peer.event("ready");
const { signal } = new AbortController();
const client = await findLocalPeer(home, signal);
const endpoint = await readEndpoint(home);
if (!client || !endpoint) throw new Error("the peer does not answer");
for (;;) {
  const states = (await client.contents()).map(({ state }) => state);
  if (states.every((state) => state === "seeding")) break;
  if (states.includes("failed")) throw new Error("a content failed");
  await setTimeout(500);
}
const startSeconds = Math.round((performance.now() - startedAtMs) / 100) / 10;
say(`all of them are announced after ${startSeconds} s`);

const before = readUsage(endpoint.pid);
await setTimeout(1_000 * seconds);
const after = readUsage(endpoint.pid);
const cpuShare = Math.round((1_000 * (after.cpuSeconds - before.cpuSeconds)) / seconds) / 1_000;
const rssMiB = Math.round(after.rssBytes / 2 ** 20);
say(`${rssMiB} MiB of memory, ${(100 * cpuShare).toFixed(1)} % of a core`);
if (values.json) say(JSON.stringify({ contents, rssMiB, cpuShare, startSeconds }));
await peer.stop();

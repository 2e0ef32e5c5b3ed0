import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { stdout } from "node:process";
import { pathToFileURL } from "node:url";
import Table from "cli-table3";
import { formatBytes } from "../../protocol/base/units.ts";
import { CommandRunner } from "../devnet/command.ts";
import { startWorld, type World } from "../devnet/world.ts";
import { readOptions } from "../options.ts";
import { type Content, type FirstByte, runGet } from "./first-byte/run-get.ts";
import { STEP_HELP, STEPS } from "./first-byte/steps.ts";
import { formatQuartiles, quartiles } from "./statistics.ts";

/**
 * `npm run bench:first-byte`: how long a download takes until something can be played, paid against
 * free.
 */

const HELP = `Usage: npm run bench:first-byte -- [OPTIONS]

How long \`floodgate get --stream\` takes from the start of its process to the first verified piece, and until the first
256 KiB are read at its URL. Paid and free content of the same bytes, in turns, each pair with a fresh home.

  --pairs N      (default 9)
  --mebibytes N  size of the content (default 64)
  --smoke        one pair, 8 MiB: proves that it works
  --json         one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  smoke: { type: "boolean" },
  pairs: { type: "string", default: "9" },
  mebibytes: { type: "string", default: "64" },
});
const pairs = values.smoke ? 1 : Number(values.pairs);
const sizeBytes = (values.smoke ? 8 : Number(values.mebibytes)) * 2 ** 20;
const TRACE = pathToFileURL(join(import.meta.dirname, "first-byte", "trace.ts")).href;
const say = (line: string): void => void stdout.write(`${line}\n`);

async function seed(world: World, path: string, price: string): Promise<Content> {
  const { home } = await world.customer(`seller-${price}`, "1.00");
  const { infoHash } = await world.runner.run(["publish", path, "--price", price, "--home", home]);
  const seeder = world.runner.start(["seed", String(infoHash), "--file", path, "--home", home]);
  const { torrentPort } = await seeder.event("ready");
  return { infoHash: String(infoHash), torrentPort: Number(torrentPort) };
}

function print(paid: readonly FirstByte[], free: readonly FirstByte[]): void {
  const table = new Table({ head: ["ms", "paid", "free", "what"], style: { head: [], border: [] } });
  const addRow = (name: string, what: string, of: (one: FirstByte) => number): void => {
    table.push([name, formatQuartiles(quartiles(paid.map(of)), 0), formatQuartiles(quartiles(free.map(of)), 0), what]);
  };
  for (const step of STEPS) addRow(step, STEP_HELP[step], ({ steps }) => steps[step]);
  addRow("first byte", "the steps above together", ({ firstByteMs }) => firstByteMs);
  addRow("playable", "from the start until 256 KiB were read at the URL", ({ playableMs }) => playableMs);
  say(table.toString());
  say(`medians (quartiles) of ${paid.length} pairs, ${formatBytes(sizeBytes)}, on ${availableParallelism()} cores`);
}

await using world = await startWorld();
const path = join(world.directory, "film.mp4");
writeFileSync(path, randomBytes(sizeBytes));
const [paidContent, freeContent] = await Promise.all([seed(world, path, "1.00"), seed(world, path, "0")]);
const traced = new CommandRunner({ NODE_OPTIONS: `--import=${TRACE}` }, () => undefined);
const [paid, free]: [FirstByte[], FirstByte[]] = [[], []];
for (let pair = 0; pair < pairs; pair++) {
  const { home } = await world.customer(`buyer-${pair}`, "5.00");
  const run = async (content: Content, into: FirstByte[]): Promise<void> => {
    into.push(await runGet(traced, world.directory, home, content));
  };
  // Neither side always runs first.
  const turns = [() => run(paidContent, paid), () => run(freeContent, free)];
  for (const turn of pair % 2 === 0 ? turns : turns.toReversed()) await turn();
}
print(paid, free);
if (values.json) {
  const median = (of: readonly FirstByte[], figure: (one: FirstByte) => number): number =>
    Math.round(quartiles(of.map(figure)).median);
  const line = {
    firstByteMs: median(paid, ({ firstByteMs }) => firstByteMs),
    firstByteFreeMs: median(free, ({ firstByteMs }) => firstByteMs),
    playableMs: median(paid, ({ playableMs }) => playableMs),
    playableFreeMs: median(free, ({ playableMs }) => playableMs),
  };
  say(JSON.stringify(line));
}

import { stdout } from "node:process";
import { startWorld } from "../devnet/world.ts";
import { readOptions } from "../options.ts";
import { type Bench, type Measured, MORE_PAIRS, measure } from "./transfer/measure.ts";
import { formatTransfers, formatTurns, transfersToJson } from "./transfer/report.ts";

/** `npm run bench:transfer`: one seeder, one leecher, paid against free. */

const HELP = `Usage: npm run bench:transfer -- [OPTIONS]

The same file from one seeder to one leecher, paid and free (plain WebTorrent), in turns. Figures run from the first
verified piece to the last. Ratios are paid / free, medians of pairs; where their quartiles overlap 1, more pairs run.

  --pairs N         pairs of one paid and one free transfer (default 5)
  --mebibytes N     size of the file (default 512)
  --pieces LIST     piece lengths in KiB (default 1024,256,64,16)
  --links LIST      loopback and delayed: 20 ms each way, 200 Mbit/s (default both)
  --trace           where one turn of the credit spends its time, step by step
  --profile FOLDER  each peer leaves a CPU profile there
  --smoke           8 MiB, one pair, 64 KiB pieces, loopback: proves in seconds that it works
  --json            one more line at the end, for programs`;

const MIB = 2 ** 20;
const DEPOSIT = "400.00";

const values = readOptions(HELP, {
  json: { type: "boolean" },
  smoke: { type: "boolean" },
  pairs: { type: "string", default: "5" },
  mebibytes: { type: "string", default: "512" },
  pieces: { type: "string", default: "1024,256,64,16" },
  links: { type: "string", default: "loopback,delayed" },
  profile: { type: "string" },
  trace: { type: "boolean" },
});
const isSmoke = values.smoke === true;
const pieceLengths = isSmoke ? [65_536] : values.pieces.split(",").map((kib) => Number(kib) * 1024);
const links = isSmoke ? ["loopback"] : values.links.split(",");
const say = (line: string): void => void stdout.write(`${line}\n`);

await using world = await startWorld();
const { home: seller } = await world.customer("seller", "1.00");
const buyers = await Promise.all(
  Array.from({ length: isSmoke ? 1 : MORE_PAIRS }, (_, i) => world.customer(`buyer${i}`, DEPOSIT)),
);
const bench: Bench = {
  world,
  seller,
  buyers: buyers.map(({ home }) => home),
  sizeBytes: isSmoke ? 8 * MIB : Number(values.mebibytes) * MIB,
  firstPairs: isSmoke ? 1 : Number(values.pairs),
  isSmoke,
  isTraced: values.trace === true || values.json === true,
  execArgv: values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`],
  say,
};
const all: Measured[] = [];
for (const link of links) {
  for (const pieceLength of pieceLengths) all.push(await measure(bench, pieceLength, link));
}
say(formatTransfers(all));
if (values.trace) say(formatTurns(all));
if (values.json) say(transfersToJson(all));

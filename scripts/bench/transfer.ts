import { stderr, stdout } from "node:process";
import { startWorld } from "../devnet/world.ts";
import { readOptions } from "../options.ts";
import { createAccounts } from "./transfer/accounts.ts";
import type { Bench } from "./transfer/bench.ts";
import { type Case, combine, NAMED_CASES } from "./transfer/cases.ts";
import { transfersToJson } from "./transfer/json.ts";
import { type Measured, measure } from "./transfer/measure.ts";
import { formatTransfers, formatTurns } from "./transfer/report.ts";

/** `npm run bench:transfer`: sellers and one leecher, paid against free. */

const HELP = `Usage: npm run bench:transfer -- [OPTIONS]

The same file from sellers to one leecher, each a process, paid and free (plain WebTorrent), in turns. Figures run from
the first verified piece to the last. Ratios are paid / free, medians of pairs; where their quartiles overlap 1, more
pairs run. Each combination of the lists is measured.

  --all             all that the JSON line names, at 256 MiB on loopback; other lists are ignored
  --pairs N         pairs of one paid and one free transfer (default 3)
  --mebibytes LIST  size of the file (default 256)
  --pieces LIST     piece lengths in KiB (default 1024,256,64,16)
  --links LIST      loopback, or MS/MBIT: so many ms each way, and Mbit/s; simulated, and measured by itself beside the
                    transfers (default loopback,20/200)
  --sellers LIST    how many sell (default 1)
  --half-bad        as many sellers again: half of them spoil every piece, the others send nothing. Instead of free: the
                    same without them; the ratio is of the time
  --busy            beside two processes that never rest
  --history         the buyer has paid other sellers before, and may owe a quarter of the content
  --trace           where one turn of the credit spends its time, step by step; one seller only
  --profile FOLDER  each peer leaves a CPU profile there
  --smoke           8 MiB, one pair, 64 KiB pieces, loopback: proves in seconds that it works
  --json            one more line at the end, for programs: turnaroundMsP50, turnaroundMsP95 (of the first case on
                    loopback), ${Object.keys(NAMED_CASES).join(", ")}
                    (null where this run did not measure it), and all that it measured as "runs"`;

const values = readOptions(HELP, {
  all: { type: "boolean", default: false },
  json: { type: "boolean" },
  smoke: { type: "boolean", default: false },
  pairs: { type: "string", default: "3" },
  mebibytes: { type: "string", default: "256" },
  pieces: { type: "string", default: "1024,256,64,16" },
  links: { type: "string", default: "loopback,20/200" },
  sellers: { type: "string", default: "1" },
  "half-bad": { type: "boolean", default: false },
  busy: { type: "boolean", default: false },
  history: { type: "boolean", default: false },
  profile: { type: "string" },
  trace: { type: "boolean", default: false },
});
const say = (line: string): void => void stdout.write(`${line}\n`);

const cases = readCases();
await using world = await startWorld();
const bench: Bench = {
  world,
  accounts: createAccounts(world),
  firstPairs: values.smoke ? 1 : Number(values.pairs),
  isSmoke: values.smoke,
  isTraced: values.trace || values.json === true,
  execArgv: values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`],
  say,
};
const all: Measured[] = [];
for (const one of cases) all.push(await measure(bench, one));
say(formatTransfers(all));
if (values.trace) say(formatTurns(all));
if (values.json) say(transfersToJson(all));

function readCases(): readonly Case[] {
  if (values.all) return Object.values(NAMED_CASES);
  const { mebibytes, pieces, links, sellers, busy, history } = values;
  const lists = values.smoke
    ? { mebibytes: "8", pieces: "64", links: "loopback", sellers }
    : { mebibytes, pieces, links, sellers };
  try {
    return combine(lists, { isBusy: busy, hasHistory: history, isHalfBad: values["half-bad"] });
  } catch (error) {
    stderr.write(`error: ${(error as Error).message}; --help lists the options (USAGE)\n`);
    process.exit(2);
  }
}

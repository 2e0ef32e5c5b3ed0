import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createMetainfo } from "../../client/torrent/making/create-metainfo.ts";
import { FloodgateError } from "../../protocol/base/errors.ts";
import type { CommandRunner } from "../devnet/command.ts";
import { InProcessRunner } from "../devnet/in-process-runner.ts";
import { type RunningNetwork, startNetwork } from "../devnet/network.ts";
import { type BenchAccount, registerAll } from "./swarm/accounts.ts";
import { settleAll } from "./swarm/money.ts";
import { parseSwarmOptions, SWARM_HELP, type SwarmOptions } from "./swarm/options.ts";
import { formatSwarm, type SwarmResult, toJson } from "./swarm/report.ts";
import { type Round, runRound, type Side, type Stage } from "./swarm/round.ts";

/** `npm run bench:swarm`: the flash crowd of the 2008 paper, paid against free, in turns. */

/** Base units per GiB, and what each customer pays in: many times the price of the file. */
const PRICE = 1_000_000n;
const DEPOSIT = 5_000_000n;
/** Of both trackers. */
const ANNOUNCE_SEC = 60;
/** All peers share one address, where each customer would have its own. */
const AUTHORITY_OPTIONS = ["--requests-per-minute", "1000000"];

interface Bench {
  readonly options: SwarmOptions;
  readonly directory: string;
  readonly network: RunningNetwork;
  readonly freeTracker: string;
  readonly say: (line: string) => void;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseSwarmOptions(args);
  if (options === "help") {
    console.log(SWARM_HELP);
    return 0;
  }
  const say = (line: string): boolean => process.stderr.write(`${line}\n`);
  const directory = mkdtempSync(join(tmpdir(), "floodgate-swarm-"));
  const runner = new InProcessRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") });
  const tracker = fork(join(import.meta.dirname, "swarm/free-tracker.ts"), [String(ANNOUNCE_SEC)]);
  try {
    const [freeTracker] = (await once(tracker, "message")) as [string];
    const network = await startNetwork(runner, directory, [], AUTHORITY_OPTIONS);
    const result = await runAll({ options, directory, network, freeTracker, say }, runner);
    console.log(formatSwarm(result));
    if (options.json) console.log(toJson(result));
    return result.problems.length === 0 ? 0 : 7;
  } finally {
    tracker.kill();
    await runner.stopAll();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runAll(bench: Bench, runner: CommandRunner): Promise<SwarmResult> {
  const { options, network } = bench;
  const rounds: Round[] = [];
  const accounts: BenchAccount[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    // Each pair starts with the other side than the one before: what the machine does meanwhile
    // hits both alike.
    const order: readonly Side[] = [
      ...(number % 2 === 1 ? (["paid", "free"] as const) : (["free", "paid"] as const)),
      ...(options.caches > 0 ? (["cached"] as const) : []),
    ];
    for (const side of order) {
      const stage = await (side === "free" ? setFreeStage(bench, number) : setPaidStage(bench, side, number, accounts));
      const round = await runRound(stage, options);
      rounds.push(round);
      bench.say(`round ${number}, ${side}: ${Math.max(...round.seconds)} s, CPU ${Math.round(round.cpuSeconds)} s`);
      rmSync(join(bench.directory, `${side}-${number}`), { recursive: true, force: true });
    }
  }
  const money = await settleAll(runner, network, accounts, rounds);
  const problems = [
    ...money.problems,
    ...rounds.flatMap(({ side, incomplete, wrong, cacheResults }) => [
      ...(cacheResults.some((result) => result < 0n) ? ["a cache has lost money"] : []),
      ...(incomplete > 0
        ? [`${incomplete} downloads of a ${side} round did not end within ${options.limitSec} s`]
        : []),
      ...(wrong.length > 0 ? [`${wrong.length} copies of a ${side} round differ from the original`] : []),
    ]),
  ];
  return { options, rounds, money, problems, symbol: network.symbol, decimals: network.decimals };
}

/** New customers each time: what they may owe is what strangers may. */
async function setPaidStage(
  bench: Bench,
  side: "paid" | "cached",
  number: number,
  all: BenchAccount[],
): Promise<Stage> {
  const { network, options } = bench;
  const directory = join(bench.directory, `${side}-${number}`);
  const names = namesOf(options);
  const caches = side === "cached" ? names.caches : [];
  const everybody = [...names.seeders, ...names.leechers, ...caches];
  const accounts = await registerAll(network.apiUrl, directory, everybody, DEPOSIT);
  all.push(...accounts);
  const [publisher] = accounts as [BenchAccount, ...BenchAccount[]];
  const { trackerUrl, feeBps } = await publisher.authority.info();
  const file = await writeContent(directory, options, trackerUrl);
  const query = { title: `${side} round ${number}`, pricePerGiB: PRICE.toString() };
  const { infoHash, pricePerGiB } = await publisher.authority.publish(file.bytes, query);
  const of = (some: readonly string[]) => accounts.filter(({ name }) => some.includes(name));
  const peers = { seeders: of(names.seeders), leechers: of(names.leechers), caches: of(caches) };
  return { side, ...peers, ...file, infoHash, pricePerGiB, feeBps, network: network.apiUrl };
}

async function setFreeStage(bench: Bench, number: number): Promise<Stage> {
  const directory = join(bench.directory, `free-${number}`);
  const names = namesOf(bench.options);
  const specs = (of: readonly string[]) => of.map((name) => ({ name, home: join(directory, name) }));
  const [seeders, leechers] = [specs(names.seeders), specs(names.leechers)];
  for (const { home } of [...seeders, ...leechers]) mkdirSync(home, { recursive: true });
  const file = await writeContent(directory, bench.options, bench.freeTracker);
  const rest = { infoHash: "", pricePerGiB: "0", feeBps: 0, network: bench.freeTracker };
  return { side: "free", seeders, leechers, caches: [], ...file, ...rest };
}

async function writeContent(directory: string, { fileBytes }: SwarmOptions, trackerUrl: string) {
  const original = join(directory, "crowd.bin");
  writeFileSync(original, randomBytes(fileBytes));
  const bytes = await createMetainfo(original, { trackerUrl, isPaid: true });
  const metainfo = join(directory, "crowd.torrent");
  writeFileSync(metainfo, bytes);
  return { original, fileName: basename(original), metainfo, bytes };
}

function namesOf({ seeders, leechers, caches }: SwarmOptions) {
  const name = (what: string, count: number) => Array.from({ length: count }, (_, i) => `${what}-${i + 1}`);
  return { seeders: name("seeder", seeders), leechers: name("leecher", leechers), caches: name("cache", caches) };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const code = error instanceof FloodgateError ? error.code : "INTERNAL";
  process.stderr.write(`error: ${(error as Error).message} (${code})\n`);
  process.exitCode = code === "USAGE" ? 2 : 1;
}

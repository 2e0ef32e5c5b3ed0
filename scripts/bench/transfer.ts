import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { createMetainfo } from "../../client/torrent/content/metainfo.ts";
import { clientOf } from "../devnet/customers.ts";
import { findFreePort } from "../devnet/ports.ts";
import { startWorld, type World } from "../devnet/world.ts";
import { formatQuartiles, type Quartiles, quartiles } from "./statistics.ts";
import { createLink, type LinkSpeed } from "./transfer/link.ts";
import { startLinkedTracker } from "./transfer/linked-tracker.ts";
import { hasLibtorrent, runLibtorrent, runPair, type Transfer } from "./transfer/run-pair.ts";

/**
 * `npm run bench:transfer`: the same file from one seeder to one leecher, paid and free (plain WebTorrent), in turns. Figures run
 * from the first verified piece to the last. Ratios are paid / free, medians of pairs; where their quartiles overlap 1 and a
 * target is near, more pairs are run. `--smoke` proves in seconds that it works.
 */

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    json: { type: "boolean" },
    smoke: { type: "boolean" },
    pairs: { type: "string", default: "5" },
    mebibytes: { type: "string", default: "512" },
    pieces: { type: "string", default: "1024,256,64,16" },
    links: { type: "string", default: "loopback,delayed" },
    /** A directory: each peer leaves a CPU profile in it. */
    profile: { type: "string" },
  },
});
const MIB = 2 ** 20;
const MORE_PAIRS = 9;
/** 20 ms each way and 200 Mbit/s. */
const DELAYED: LinkSpeed = { delayMs: 20, bitsPerSecond: 200e6 };
/** Half of the file is enough where 25 MB/s are the limit. */
const DELAYED_PART = 2;
const PRICE = 1_000_000n;
const DEPOSIT = "400.00";

const sizeBytes = values.smoke ? 8 * MIB : Number(values.mebibytes) * MIB;
const pieceLengths = values.smoke ? [65_536] : values.pieces.split(",").map((kib) => Number(kib) * 1024);
const links = values.smoke ? ["loopback"] : values.links.split(",");
const firstPairs = values.smoke ? 1 : Number(values.pairs);
const execArgv = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];
const say = (line: string): void => void stdout.write(`${line}\n`);

interface Measured {
  readonly pieceLength: number;
  readonly link: string;
  readonly pairs: number;
  readonly paid: Quartiles;
  readonly free: Quartiles;
  readonly ratio: Quartiles;
  readonly leecherCpu: Quartiles;
  readonly seederCpu: Quartiles;
  readonly libtorrent: number | null;
}

function writeRandomFile(path: string, bytes: number): void {
  const file = openSync(path, "w");
  const chunk = Buffer.alloc(MIB);
  for (let left = bytes; left > 0; left -= chunk.length) writeSync(file, randomFillSync(chunk), 0, Math.min(left, MIB));
  closeSync(file);
}

async function measure(world: World, buyers: readonly string[], seller: string, pieceLength: number, link: string) {
  const { directory, network } = world;
  const isDelayed = link === "delayed";
  const bytes = isDelayed ? sizeBytes / DELAYED_PART : sizeBytes;
  const name = `${link}-${pieceLength}.bin`;
  const path = join(directory, name);
  writeRandomFile(path, bytes);
  const client = await clientOf(network, seller);
  const { trackerUrl } = await client.info();
  const metainfo = await createMetainfo(path, { trackerUrl, isPaid: true, pieceLength });
  await client.publish(metainfo, { title: name, pricePerGiB: PRICE.toString() });
  const metainfoPath = `${path}.torrent`;
  writeFileSync(metainfoPath, metainfo);

  let count = 0;
  const inFreshDirectory = async (run: (out: string) => Promise<Transfer>): Promise<Transfer> => {
    const out = join(directory, `out-${++count}`);
    mkdirSync(out);
    try {
      return await run(out);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  };
  const run = (module: "free-peer.ts" | "paid-peer.ts", buyer: string): Promise<Transfer> =>
    inFreshDirectory(async (out) => {
      await using stack = new AsyncDisposableStack();
      const wire = isDelayed ? stack.use(createLink(DELAYED)) : null;
      const tracker = wire ? stack.use(await startLinkedTracker(trackerUrl, wire)) : null;
      const common = { metainfoPath, trackerUrl: tracker?.url ?? "" };
      return await runPair({
        module,
        seed: { ...common, path, home: seller },
        download: { ...common, path: out, home: buyer },
        apiUrl: network.apiUrl,
        portFor: async (port) => (wire ? wire.portTo(port) : port),
        execArgv,
      });
    });

  const [paid, free]: [Transfer[], Transfer[]] = [[], []];
  const ratioOf = (of: (transfer: Transfer) => number): Quartiles =>
    quartiles(paid.map((one, i) => of(one) / of(free[i] as Transfer)));
  const speed = (transfer: Transfer): number => transfer.bytesPerSecond;
  for (let pair = 0; pair < MORE_PAIRS; pair++) {
    const ratio = ratioOf(speed);
    if (pair >= firstPairs && (ratio.high < 1 || ratio.low > 1)) break;
    const buyer = buyers[pair] as string;
    // Neither side always runs first.
    if (pair % 2 === 0) {
      paid.push(await run("paid-peer.ts", buyer));
      free.push(await run("free-peer.ts", buyer));
    } else {
      free.push(await run("free-peer.ts", buyer));
      paid.push(await run("paid-peer.ts", buyer));
    }
    if (values.smoke) break;
    const last = `${formatSpeed(speed(paid.at(-1) as Transfer))} paid, ${formatSpeed(speed(free.at(-1) as Transfer))} free`;
    say(`  ${link}, ${pieceLength / 1024} KiB, pair ${pair + 1}: ${last}`);
  }
  let libtorrent: number | null = null;
  if (!isDelayed && (await hasLibtorrent())) {
    const speeds: number[] = [];
    for (let i = 0; i < (values.smoke ? 1 : 3); i++) {
      const port = await findFreePort();
      const transfer = await inFreshDirectory((out) =>
        runLibtorrent({ metainfoPath, seedDirectory: directory, directory: out, port }),
      );
      speeds.push(speed(transfer));
    }
    libtorrent = quartiles(speeds).median;
  }
  rmSync(path);
  const measured: Measured = {
    pieceLength,
    link,
    pairs: paid.length,
    paid: quartiles(paid.map(speed)),
    free: quartiles(free.map(speed)),
    ratio: ratioOf(speed),
    leecherCpu: ratioOf((transfer) => transfer.leecherCpuPerGiB),
    seederCpu: ratioOf((transfer) => transfer.seederCpuPerGiB),
    libtorrent,
  };
  return measured;
}

function formatSpeed(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`;
}

function print(all: readonly Measured[]): void {
  const head = [
    "link",
    "piece",
    "pairs",
    "paid MB/s",
    "free MB/s",
    "ratio",
    "leecher CPU",
    "seeder CPU",
    "libtorrent MB/s",
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  const toMega = ({ low, median, high }: Quartiles): Quartiles => ({
    low: low / 1e6,
    median: median / 1e6,
    high: high / 1e6,
  });
  for (const one of all) {
    table.push([
      one.link,
      `${one.pieceLength / 1024} KiB`,
      one.pairs,
      formatQuartiles(toMega(one.paid), 0),
      formatQuartiles(toMega(one.free), 0),
      formatQuartiles(one.ratio),
      formatQuartiles(one.leecherCpu),
      formatQuartiles(one.seederCpu),
      one.libtorrent === null ? "-" : (one.libtorrent / 1e6).toFixed(0),
    ]);
  }
  say(table.toString());
  say(
    `medians (quartiles) on ${availableParallelism()} cores; ratios are paid / free; delayed: 20 ms each way, 200 Mbit/s`,
  );
}

await using world = await startWorld();
const { home: seller } = await world.customer("seller", "1.00");
const buyers = await Promise.all(
  Array.from({ length: values.smoke ? 1 : MORE_PAIRS }, async (_, i) => {
    const { home } = await world.customer(`buyer${i}`, DEPOSIT);
    return home;
  }),
);
const all: Measured[] = [];
for (const link of links) {
  for (const pieceLength of pieceLengths) all.push(await measure(world, buyers, seller, pieceLength, link));
}
print(all);
if (values.json) {
  const find = (kib: number): Measured | undefined =>
    all.find((one) => one.link === "loopback" && one.pieceLength === kib * 1024);
  const figure = (value: number | null | undefined): number | null =>
    value === undefined || value === null ? null : Number(value.toFixed(4));
  const line = {
    ratio1MiB: figure(find(1024)?.ratio.median),
    ratio256KiB: figure(find(256)?.ratio.median),
    ratio64KiB: figure(find(64)?.ratio.median),
    ratio16KiB: figure(find(16)?.ratio.median),
    leecherCpu1MiB: figure(find(1024)?.leecherCpu.median),
    seederCpu1MiB: figure(find(1024)?.seederCpu.median),
    libtorrent1MiB: figure(find(1024)?.libtorrent),
    delayed: all
      .filter(({ link }) => link === "delayed")
      .map(({ pieceLength, ratio }) => ({ pieceLength, ratio: figure(ratio.median) })),
  };
  say(JSON.stringify(line));
}

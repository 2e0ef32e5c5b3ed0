import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import { clientOf } from "../../devnet/customers.ts";
import { findFreePort } from "../../devnet/ports.ts";
import type { World } from "../../devnet/world.ts";
import { type Quartiles, quartiles } from "../statistics.ts";
import { createLink, type LinkSpeed } from "./link.ts";
import { startLinkedTracker } from "./linked-tracker.ts";
import { hasLibtorrent, runLibtorrent, runPair, type Transfer } from "./run-pair.ts";
import type { Turnaround } from "./turnaround.ts";

/** What one piece length came to on one link. */
export interface Measured {
  readonly pieceLength: number;
  readonly link: string;
  readonly pairs: number;
  readonly paid: Quartiles;
  readonly free: Quartiles;
  readonly ratio: Quartiles;
  readonly leecherCpu: Quartiles;
  readonly seederCpu: Quartiles;
  readonly libtorrent: number | null;
  /** Of each paid transfer that was traced. */
  readonly turnarounds: readonly Turnaround[];
}

/** What all measurements of a run share. */
export interface Bench {
  readonly world: World;
  /** Homes: one buyer for each pair, and the one that sells to all of them. */
  readonly buyers: readonly string[];
  readonly seller: string;
  readonly sizeBytes: number;
  readonly firstPairs: number;
  readonly isSmoke: boolean;
  readonly isTraced: boolean;
  /** Options of Node for the peers. */
  readonly execArgv: readonly string[];
  readonly say: (line: string) => void;
}

/** Where the quartiles of the ratio overlap 1, more pairs run, up to so many. */
export const MORE_PAIRS = 9;
const MIB = 2 ** 20;
const LIBTORRENT_ROUNDS = 3;
/** 20 ms each way and 200 Mbit/s. */
const DELAYED: LinkSpeed = { delayMs: 20, bitsPerSecond: 200e6 };
/** Half of the file is enough where 25 MB/s are the limit. */
const DELAYED_PART = 2;
const PRICE = 1_000_000n;

/** A file of one piece length, published and ready to be sent over one link. */
interface Subject {
  readonly bench: Bench;
  readonly pieceLength: number;
  readonly link: string;
  readonly path: string;
  readonly metainfoPath: string;
  readonly trackerUrl: string;
}

const speedOf = ({ bytesPerSecond }: Transfer): number => bytesPerSecond;

/** Sends a new file paid and free, in turns. */
export async function measure(bench: Bench, pieceLength: number, link: string): Promise<Measured> {
  const subject = await publishFile(bench, pieceLength, link);
  const [paid, free]: [Transfer[], Transfer[]] = [[], []];
  const ratioOf = (of: (transfer: Transfer) => number): Quartiles =>
    quartiles(paid.map((one, i) => of(one) / of(free[i] as Transfer)));
  for (let pair = 0; pair < MORE_PAIRS; pair++) {
    const ratio = ratioOf(speedOf);
    if (pair >= bench.firstPairs && (ratio.high < 1 || ratio.low > 1)) break;
    const buyer = bench.buyers[pair] as string;
    const turns = [
      async () => paid.push(await transfer(subject, "paid-peer.ts", buyer)),
      async () => free.push(await transfer(subject, "free-peer.ts", buyer)),
    ];
    // Neither side always runs first.
    for (const turn of pair % 2 === 0 ? turns : turns.toReversed()) await turn();
    if (bench.isSmoke) break;
    const last = `${formatSpeed(paid.at(-1))} paid, ${formatSpeed(free.at(-1))} free`;
    bench.say(`  ${link}, ${pieceLength / 1024} KiB, pair ${pair + 1}: ${last}`);
  }
  const libtorrent = await measureLibtorrent(subject);
  rmSync(subject.path);
  return {
    pieceLength,
    link,
    pairs: paid.length,
    paid: quartiles(paid.map(speedOf)),
    free: quartiles(free.map(speedOf)),
    ratio: ratioOf(speedOf),
    leecherCpu: ratioOf(({ leecherCpuPerGiB }) => leecherCpuPerGiB),
    seederCpu: ratioOf(({ seederCpuPerGiB }) => seederCpuPerGiB),
    libtorrent,
    turnarounds: paid.flatMap(({ turnaround }) => turnaround ?? []),
  };
}

async function publishFile(bench: Bench, pieceLength: number, link: string): Promise<Subject> {
  const { directory, network } = bench.world;
  const name = `${link}-${pieceLength}.bin`;
  const path = join(directory, name);
  writeRandomFile(path, isDelayed(link) ? bench.sizeBytes / DELAYED_PART : bench.sizeBytes);
  const client = await clientOf(network, bench.seller);
  const { trackerUrl } = await client.info();
  const metainfo = await createMetainfo(path, { trackerUrl, isPaid: true, pieceLength });
  await client.publish(metainfo, { title: name, pricePerGiB: PRICE.toString() });
  const metainfoPath = `${path}.torrent`;
  writeFileSync(metainfoPath, metainfo);
  return { bench, pieceLength, link, path, metainfoPath, trackerUrl };
}

/** One download by a pair of fresh processes. */
function transfer(subject: Subject, module: "free-peer.ts" | "paid-peer.ts", buyer: string): Promise<Transfer> {
  const { bench, metainfoPath, trackerUrl, path, link } = subject;
  return inFreshDirectory(bench.world.directory, async (out) => {
    await using stack = new AsyncDisposableStack();
    const wire = isDelayed(link) ? stack.use(createLink(DELAYED)) : null;
    const tracker = wire ? stack.use(await startLinkedTracker(trackerUrl, wire)) : null;
    const common = { metainfoPath, trackerUrl: tracker?.url ?? "", isTraced: bench.isTraced };
    return await runPair({
      module,
      seed: { ...common, path, home: bench.seller },
      download: { ...common, path: out, home: buyer },
      apiUrl: bench.world.network.apiUrl,
      portFor: async (port) => (wire ? wire.portTo(port) : port),
      execArgv: [...bench.execArgv],
    });
  });
}

/**
 * Bytes a second of libtorrent on the same file, where it is installed; it knows no delayed link.
 */
async function measureLibtorrent({ bench, link, metainfoPath }: Subject): Promise<number | null> {
  if (isDelayed(link) || !(await hasLibtorrent())) return null;
  const { directory } = bench.world;
  const speeds: number[] = [];
  for (let i = 0; i < (bench.isSmoke ? 1 : LIBTORRENT_ROUNDS); i++) {
    const port = await findFreePort();
    const transfer = await inFreshDirectory(directory, (out) =>
      runLibtorrent({ metainfoPath, seedDirectory: directory, directory: out, port }),
    );
    speeds.push(speedOf(transfer));
  }
  return quartiles(speeds).median;
}

async function inFreshDirectory(parent: string, run: (out: string) => Promise<Transfer>): Promise<Transfer> {
  const out = join(parent, "out");
  mkdirSync(out);
  try {
    return await run(out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function writeRandomFile(path: string, bytes: number): void {
  const file = openSync(path, "w");
  const chunk = Buffer.alloc(MIB);
  for (let left = bytes; left > 0; left -= chunk.length) writeSync(file, randomFillSync(chunk), 0, Math.min(left, MIB));
  closeSync(file);
}

function isDelayed(link: string): boolean {
  return link === "delayed";
}

function formatSpeed(transfer: Transfer | undefined): string {
  return `${((transfer?.bytesPerSecond ?? 0) / 1e6).toFixed(0)} MB/s`;
}

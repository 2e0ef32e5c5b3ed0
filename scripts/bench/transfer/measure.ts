import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../../devnet/ports.ts";
import { type Quartiles, quartiles } from "../statistics.ts";
import type { Bench } from "./bench.ts";
import { keepBusy } from "./busy.ts";
import { type Case, nameOf } from "./cases.ts";
import { makeHistory } from "./history.ts";
import { measureBareLink } from "./line/bare-link.ts";
import { createLink } from "./line/link.ts";
import { startLinkedTracker } from "./line/linked-tracker.ts";
import type { PeerModule } from "./peer-process.ts";
import type { TransferJob } from "./peer-protocol.ts";
import { type PublishedFile, publishFile } from "./publish-file.ts";
import { hasLibtorrent, runLibtorrent } from "./run-libtorrent.ts";
import { runTransfer, type Transfer } from "./run-transfer.ts";
import type { Turnaround } from "./turnaround.ts";

/** What one case came to. */
export interface Measured {
  readonly one: Case;
  readonly paid: readonly Transfer[];
  /** Plain WebTorrent; of a case with bad sellers: paid without them. */
  readonly other: readonly Transfer[];
  /** Throughput of `paid` / `other`; with bad sellers: the time that it takes. */
  readonly ratio: Quartiles;
  readonly leecherCpu: Quartiles;
  readonly seederCpu: Quartiles;
  /** Medians; null where it is not installed, or not comparable. */
  readonly libtorrent: Pick<Transfer, "bytesPerSecond" | "leecherCpuPerGiB"> | null;
  /** Bytes a second that the simulated link carries by itself; null: loopback. */
  readonly bareLink: number | null;
  /** Of each paid transfer that was traced. */
  readonly turnarounds: readonly Turnaround[];
}

/** Where the quartiles of the ratio overlap 1, more pairs run, up to so many. */
const MORE_PAIRS = 9;
const LIBTORRENT_ROUNDS = 3;
const BUSY_PROCESSES = 2;
const PRICE = 1_000_000n;

/** One download. */
interface Side {
  readonly module: PeerModule;
  readonly buyer: (pair: number) => Promise<string>;
  readonly cheats: number;
}

const speedOf = ({ bytesPerSecond }: Transfer): number => bytesPerSecond;

/** Sends a new file in two ways, in turns. */
export async function measure(bench: Bench, one: Case): Promise<Measured> {
  const { accounts, firstPairs } = bench;
  const { sizeBytes, pieceLength, hasHistory, isHalfBad } = one;
  if (hasHistory) await makeHistory(bench);
  const name = `${nameOf(one).replaceAll(/\W+/g, "-")}.bin`;
  const file = await publishFile(bench, { name, sizeBytes, pieceLength }, PRICE);
  const buyer = hasHistory ? accounts.regular : accounts.newcomer;
  const first: Side = { module: "paid-peer.ts", buyer, cheats: isHalfBad ? one.sellers : 0 };
  const second: Side = isHalfBad
    ? { module: "paid-peer.ts", buyer: accounts.otherNewcomer, cheats: 0 }
    : { module: "free-peer.ts", buyer, cheats: 0 };
  const [paid, other]: [Transfer[], Transfer[]] = [[], []];
  const ratioOf = (of: (transfer: Transfer) => number): Quartiles =>
    quartiles(paid.map((transfer, i) => of(transfer) / of(other[i] as Transfer)));
  const ratio = (): Quartiles => ratioOf(isHalfBad ? (transfer) => 1 / speedOf(transfer) : speedOf);
  const most = bench.isSmoke || hasHistory ? firstPairs : MORE_PAIRS;
  for (let pair = 0; pair < most; pair++) {
    const { low, high } = ratio();
    if (pair >= firstPairs && (high < 1 || low > 1)) break;
    const turns = [
      async () => paid.push(await transfer(bench, one, file, first, pair)),
      async () => other.push(await transfer(bench, one, file, second, pair)),
    ];
    // Neither side always runs first.
    for (const turn of pair % 2 === 0 ? turns : turns.toReversed()) await turn();
    if (!bench.isSmoke)
      bench.say(`  ${nameOf(one)}, pair ${pair + 1}: ${formatSpeed(paid.at(-1))}, ${formatSpeed(other.at(-1))}`);
  }
  const libtorrent = await measureLibtorrent(bench, one, file);
  rmSync(file.path);
  return {
    one,
    paid,
    other,
    ratio: ratio(),
    leecherCpu: ratioOf(({ leecherCpuPerGiB }) => leecherCpuPerGiB),
    seederCpu: ratioOf(({ seederCpuPerGiB }) => seederCpuPerGiB),
    libtorrent,
    bareLink: one.link && (await measureBareLink(one.link, sizeBytes)),
    turnarounds: paid.flatMap(({ turnaround }) => turnaround ?? []),
  };
}

/** One download by fresh processes. */
function transfer(bench: Bench, one: Case, file: PublishedFile, side: Side, pair: number): Promise<Transfer> {
  const { world, accounts } = bench;
  const { metainfoPath, path } = file;
  return inFreshDirectory(world.directory, async (out) => {
    await using stack = new AsyncDisposableStack();
    const wire = one.link ? stack.use(createLink(one.link)) : null;
    const tracker = wire ? stack.use(await startLinkedTracker(file.trackerUrl, wire)) : null;
    const common = { metainfoPath, trackerUrl: tracker?.url ?? "", isTraced: bench.isTraced };
    const honest = Array.from({ length: one.sellers }, async (_, i) => {
      return { ...common, path, home: await accounts.seller(i), fault: null };
    });
    const cheats = Array.from({ length: side.cheats }, async (_, i) => {
      const fault: TransferJob["fault"] = i % 2 === 0 ? "spoils" : "mute";
      return { ...common, path, home: await accounts.cheat(i), fault };
    });
    const seeds = await Promise.all([...honest, ...cheats]);
    const home = await side.buyer(pair);
    if (one.isBusy) stack.use(keepBusy(BUSY_PROCESSES));
    return await runTransfer({
      module: side.module,
      seeds,
      download: { ...common, path: out, home },
      apiUrl: world.network.apiUrl,
      portFor: async (port) => (wire ? wire.portTo(port) : port),
      execArgv: bench.execArgv,
    });
  });
}

/** libtorrent on the same file; it knows no simulated link, and no second seller here. */
async function measureLibtorrent(bench: Bench, one: Case, file: PublishedFile): Promise<Measured["libtorrent"]> {
  if (one.link || one.isBusy || one.isHalfBad || one.sellers > 1 || !(await hasLibtorrent())) return null;
  const { directory } = bench.world;
  const transfers: Transfer[] = [];
  for (let i = 0; i < (bench.isSmoke ? 1 : LIBTORRENT_ROUNDS); i++) {
    const port = await findFreePort();
    const { metainfoPath } = file;
    transfers.push(
      await inFreshDirectory(directory, (out) =>
        runLibtorrent({ metainfoPath, seedDirectory: directory, directory: out, port }),
      ),
    );
  }
  return {
    bytesPerSecond: quartiles(transfers.map(speedOf)).median,
    leecherCpuPerGiB: quartiles(transfers.map(({ leecherCpuPerGiB }) => leecherCpuPerGiB)).median,
  };
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

function formatSpeed(transfer: Transfer | undefined): string {
  return `${((transfer?.bytesPerSecond ?? 0) / 1e6).toFixed(0)} MB/s`;
}

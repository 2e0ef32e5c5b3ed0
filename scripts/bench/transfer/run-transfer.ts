import { type PeerModule, PeerProcess } from "./peer-process.ts";
import type { TransferJob } from "./peer-protocol.ts";
import { analyzeTurns, type Turnaround } from "./turnaround.ts";

/** Figures of one transfer. CPU: user and system time from the first verified piece to the last. */
export interface Transfer {
  readonly bytesPerSecond: number;
  readonly leecherCpuPerGiB: number;
  /** Of all seeders; NaN where it is not measured. */
  readonly seederCpuPerGiB: number;
  /** Null where it is not traced. */
  readonly turnaround: Turnaround | null;
}

const GIB = 2 ** 30;

export interface TransferOptions {
  readonly module: PeerModule;
  readonly seeds: readonly Omit<TransferJob, "role" | "seederPorts">[];
  readonly download: Omit<TransferJob, "role" | "seederPorts" | "fault">;
  /** The authority's URL, for paid peers. */
  readonly apiUrl: string;
  /** Of a seeder's real port: the port that the leecher dials. */
  readonly portFor: (port: number) => Promise<number>;
  readonly execArgv: readonly string[];
}

/** Seeders and one leecher, each a process, until the leecher has all. */
export async function runTransfer(options: TransferOptions): Promise<Transfer> {
  const { module, seeds, download, apiUrl, portFor, execArgv } = options;
  await using stack = new AsyncDisposableStack();
  const start = (job: TransferJob): PeerProcess =>
    stack.use(new PeerProcess(module, [JSON.stringify(job), apiUrl], execArgv));
  const seeders = seeds.map((seed) => start({ ...seed, role: "seed", seederPorts: [] }));
  const seederPorts = await Promise.all(
    seeders.map(async (seeder) => portFor((await seeder.hear("ready")).torrentPort)),
  );
  const leecher = start({ ...download, role: "download", seederPorts, fault: null });
  const cpuOfSeeders = async (): Promise<number> => {
    const all = await Promise.all(seeders.map((seeder) => seeder.cpuSeconds()));
    return all.reduce((sum, seconds) => sum + seconds, 0);
  };
  await leecher.hear("first");
  const before = await cpuOfSeeders();
  const { seconds, bytes, cpuSeconds } = await leecher.hear("done");
  const seederCpu = (await cpuOfSeeders()) - before;
  const perGiB = GIB / bytes;
  const [seeder, ...others] = seeders;
  const isTraced = download.isTraced && module === "paid-peer.ts" && others.length === 0;
  return {
    turnaround: isTraced && seeder ? analyzeTurns(await leecher.trace(), await seeder.trace()) : null,
    bytesPerSecond: bytes / seconds,
    leecherCpuPerGiB: cpuSeconds * perGiB,
    seederCpuPerGiB: seederCpu * perGiB,
  };
}

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PeerOrder, PeerReport, TransferJob } from "./peer-protocol.ts";
import { analyzeTurns, type Turnaround } from "./turnaround.ts";
import type { TraceEvent } from "./window-trace.ts";

/** Figures of one transfer. CPU: user and system time from the first verified piece to the last. */
export interface Transfer {
  readonly bytesPerSecond: number;
  readonly leecherCpuPerGiB: number;
  /** NaN where it is not measured. */
  readonly seederCpuPerGiB: number;
  /** Null where it is not traced. */
  readonly turnaround: Turnaround | null;
}

const GIB = 2 ** 30;

/** Starts a peer of the bench as a process and hears its reports. */
class PeerProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<PeerReport["type"], PromiseWithResolvers<PeerReport>>();

  constructor(module: string, args: readonly string[], execArgv: readonly string[]) {
    this.#child = fork(join(import.meta.dirname, module), args, {
      execArgv: ["--disable-warning=ExperimentalWarning", ...execArgv],
    });
    this.#child.on("message", (message: PeerReport) => this.#wait(message.type).resolve(message));
    this.#child.once("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${module} ended with exit code ${code}`));
    });
  }

  #wait(type: PeerReport["type"]): PromiseWithResolvers<PeerReport> {
    const waiting = this.#waiting.get(type) ?? Promise.withResolvers<PeerReport>();
    waiting.promise.catch(() => undefined);
    this.#waiting.set(type, waiting);
    return waiting;
  }

  async hear<T extends PeerReport["type"]>(type: T): Promise<Extract<PeerReport, { type: T }>> {
    const message = (await this.#wait(type).promise) as Extract<PeerReport, { type: T }>;
    this.#waiting.delete(type);
    return message;
  }

  async cpuSeconds(): Promise<number> {
    return (await this.#ask("cpu")).cpuSeconds;
  }

  async trace(): Promise<readonly TraceEvent[]> {
    return (await this.#ask("trace")).events;
  }

  async #ask<T extends PeerOrder & PeerReport["type"]>(order: T): Promise<Extract<PeerReport, { type: T }>> {
    this.#child.send(order);
    return await this.hear(order);
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, "exit");
    if (this.#child.exitCode === null) this.#child.send("stop");
    else return;
    await closed;
  }
}

export interface PairOptions {
  readonly module: "free-peer.ts" | "paid-peer.ts";
  readonly seed: Omit<TransferJob, "role" | "seederPort">;
  readonly download: Omit<TransferJob, "role" | "seederPort">;
  /** The authority's URL, for paid peers. */
  readonly apiUrl: string;
  /** Of the seeder's real port: the port that the leecher dials. */
  readonly portFor: (port: number) => Promise<number>;
  readonly execArgv: readonly string[];
}

/** One seeder and one leecher, each a process, until the leecher has all. */
export async function runPair(options: PairOptions): Promise<Transfer> {
  const start = (job: TransferJob): PeerProcess =>
    new PeerProcess(options.module, [JSON.stringify(job), options.apiUrl], options.execArgv);
  const seeder = start({ ...options.seed, role: "seed", seederPort: 0 });
  try {
    const seederPort = await options.portFor((await seeder.hear("ready")).torrentPort);
    const leecher = start({ ...options.download, role: "download", seederPort });
    try {
      await leecher.hear("first");
      const before = await seeder.cpuSeconds();
      const { seconds, bytes, cpuSeconds } = await leecher.hear("done");
      const seederCpu = (await seeder.cpuSeconds()) - before;
      const perGiB = GIB / bytes;
      const isTraced = options.download.isTraced && options.module === "paid-peer.ts";
      return {
        turnaround: isTraced ? analyzeTurns(await leecher.trace(), await seeder.trace()) : null,
        bytesPerSecond: bytes / seconds,
        leecherCpuPerGiB: cpuSeconds * perGiB,
        seederCpuPerGiB: seederCpu * perGiB,
      };
    } finally {
      await leecher.stop();
    }
  } finally {
    await seeder.stop();
  }
}

/** Debian's own Python, since its libtorrent binding belongs to no other. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = join(import.meta.dirname, "libtorrent-peer.py");

export async function hasLibtorrent(): Promise<boolean> {
  const child = spawn(PYTHON, ["-c", "import libtorrent"], { stdio: "ignore" });
  const failed = once(child, "error").then(() => [1]);
  const [code] = await Promise.race([once(child, "exit"), failed]);
  return code === 0;
}

/** The same with libtorrent at both ends. */
export async function runLibtorrent(options: {
  readonly metainfoPath: string;
  readonly seedDirectory: string;
  readonly directory: string;
  readonly port: number;
}): Promise<Transfer> {
  const { metainfoPath, seedDirectory, directory, port } = options;
  const start = (role: string, path: string): ChildProcess =>
    spawn(PYTHON, ["-W", "ignore::DeprecationWarning", SCRIPT, role, metainfoPath, path, String(port)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
  const lineOf = async (child: ChildProcess): Promise<string> => {
    if (!child.stdout) throw new Error("no output");
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return String(line);
  };
  const seeder = start("seed", seedDirectory);
  try {
    await lineOf(seeder);
    const leecher = start("download", directory);
    const [seconds, bytes, cpu] = (await lineOf(leecher)).split(" ").map(Number) as [number, number, number];
    const leecherCpuPerGiB = (cpu * GIB) / bytes;
    return { bytesPerSecond: bytes / seconds, leecherCpuPerGiB, seederCpuPerGiB: Number.NaN, turnaround: null };
  } finally {
    seeder.stdin?.end("\n");
    await once(seeder, "exit");
  }
}

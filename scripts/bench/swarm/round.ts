import { join } from "node:path";
import { cacheBooks } from "../../../client/contents/cache-terms.ts";
import { owed } from "../../../protocol/base/units.ts";
import { sha256Of } from "../../devnet/file-hash.ts";
import { Child, type CrowdSpec, type FromChild, type PeerReport, type PeerSpec } from "./child.ts";
import type { SwarmOptions } from "./options.ts";

export type Side = "paid" | "free" | "cached";

/** One flash crowd. */
export interface Round {
  readonly side: Side;
  /**
   * Seconds from the start of all to the end of each download, in no order; those that did not end
   * have the limit.
   */
  readonly seconds: readonly number[];
  readonly incomplete: number;
  /** Payload. */
  readonly bytesDown: number;
  readonly originBytesUp: number;
  readonly reports: readonly PeerReport[];
  /** What each cache earned after fees, less what it paid; base units. */
  readonly cacheResults: readonly bigint[];
  /** Of all its processes, in seconds. */
  readonly cpuSeconds: number;
  /** How often each warning came, without the names in it. */
  readonly warnings: ReadonlyMap<string, number>;
  /** Downloads whose bytes are not the original's. */
  readonly wrong: readonly string[];
}

export interface Stage {
  readonly side: Side;
  readonly seeders: readonly PeerSpec[];
  readonly leechers: readonly PeerSpec[];
  readonly caches: readonly PeerSpec[];
  readonly original: string;
  readonly fileName: string;
  readonly metainfo: string;
  readonly infoHash: string;
  readonly pricePerGiB: string;
  /** The authority's part of what is earned, of 10,000. */
  readonly feeBps: number;
  readonly network: string;
}

const PROGRAMS = { paid: "paid-peers.ts", free: "free-peers.ts", cached: "paid-peers.ts" } as const;
/** A cache has a place for half of a crowd. */
const CACHE_WIRES = 55;
const STOP_LOSS = 4n;
const NO_RISK = { budget: 0n, stopLoss: 0n };

/**
 * Runs one flash crowd to its end; leaves no process behind. @throws {FloodgateError} BENCH_FAILED
 */
export async function runRound(stage: Stage, options: SwarmOptions): Promise<Round> {
  const children: Child[] = [];
  const doneAt = new Map<string, number>();
  const warnings = new Map<string, number>();
  const onMessage = (message: FromChild): void => {
    if (message.type === "complete") doneAt.set(message.name, message.atMs);
    if (message.type === "warning") count(warnings, message.message.replace(/^\S+: /, "").replace(/0x\w+/g, "..."));
  };
  const { metainfo, infoHash, pricePerGiB, network } = stage;
  const { maxWires, uploadLimit, cacheUploadLimit } = options;
  const budget = owed(options.fileBytes, BigInt(pricePerGiB));
  const asCaches = {
    maxWires: CACHE_WIRES,
    uploadLimit: cacheUploadLimit,
    cache: { budget: `${budget}`, stopLoss: `${budget / STOP_LOSS}` },
  };
  const startChild = async (
    peers: readonly PeerSpec[],
    original: string | null,
    own: Partial<CrowdSpec> = {},
  ): Promise<Child> => {
    const of = { peers, original, metainfo, network, infoHash, pricePerGiB };
    const spec: CrowdSpec = { ...of, maxWires, uploadLimit, cache: null, ...own };
    const child = new Child(join(import.meta.dirname, PROGRAMS[stage.side]), onMessage);
    children.push(child);
    child.send({ type: "setup", spec });
    await child.next("ready");
    return child;
  };
  try {
    await startChild(stage.seeders, stage.original);
    if (stage.caches.length > 0) await startChild(stage.caches, null, asCaches);
    const leeching = await Promise.all(
      share(stage.leechers, options.processes).map((peers) => startChild(peers, null)),
    );

    const startedAt = Date.now();
    const finished = leeching.map((child) => child.next("finished"));
    for (const child of leeching) child.send({ type: "go" });
    // Nobody leaves before all have paid.
    await withLimit(Promise.all(finished), options.limitSec);

    const reports = await Promise.all(
      children.map((child) => {
        const report = child.next("report");
        child.send({ type: "stop" });
        return report;
      }),
    );
    const peers = reports.flatMap((report) => report.peers);
    const caches = new Set(stage.caches.map(({ name }) => name));
    const seeds = new Set(stage.seeders.map(({ name }) => name));
    return {
      side: stage.side,
      seconds: stage.leechers.map(({ name }) => {
        const at = doneAt.get(name);
        return at === undefined ? options.limitSec : (at - startedAt) / 1000;
      }),
      incomplete: stage.leechers.length - doneAt.size,
      bytesDown: sum(peers.map(({ bytesDown }) => bytesDown)),
      originBytesUp: sum(peers.filter(({ name }) => seeds.has(name)).map(({ bytesUp }) => bytesUp)),
      reports: peers,
      cacheResults: peers
        .filter(({ name }) => caches.has(name))
        .map(({ paid, earned }) => cacheBooks({ paid: BigInt(paid), earned: BigInt(earned) }, NO_RISK, stage.feeBps))
        .map(({ spent, earned }) => earned - spent),
      cpuSeconds: sum(reports.map(({ cpuMs }) => cpuMs)) / 1000,
      warnings,
      wrong: await listWrong(stage),
    };
  } finally {
    for (const child of children) child.kill();
  }
}

async function withLimit(done: Promise<unknown>, limitSec: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 1000 * limitSec);
  await Promise.race([done, promise]).finally(() => clearTimeout(timer));
}

async function listWrong({ leechers, original, fileName }: Stage): Promise<string[]> {
  const hash = await sha256Of(original);
  const wrong: string[] = [];
  for (const { name, home } of leechers) {
    const found = await sha256Of(join(home, "downloads", fileName)).catch(() => null);
    if (found !== hash) wrong.push(name);
  }
  return wrong;
}

function share<T>(items: readonly T[], parts: number): T[][] {
  const size = Math.ceil(items.length / parts);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

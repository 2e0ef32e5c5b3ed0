import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { announce } from "../announce/load.ts";
import { startStubAuthority } from "../announce/stub-authority.ts";
import { infoHashOf, queryOf } from "../announce/swarms.ts";

export interface TrackerFlood {
  /** Share of the honest peers that a newcomer is still told of after the flood. */
  readonly swarmKept: number;
  /** Share of honest announces that were answered within a second during it. */
  readonly honestAnnounces: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const HONEST = 100;
const SWARM = "flooded";
const honestAddress = (i: number): string => `127.0.1.${1 + (i % 250)}`;
const IN_TIME_MS = 1_000;
const GIVE_UP_MS = 15_000;

/** A tracker with its default limits, an attacker of one address, and honest peers of others. */
export async function floodTracker(options: { connections: number; announces: number }): Promise<TrackerFlood> {
  const authority = await startStubAuthority();
  const file = join(import.meta.dirname, "default-tracker.ts");
  const tracker = fork(file, [authority.url, authority.secret], { execArgv: EXEC_ARGV });
  const [{ url }] = (await once(tracker, "message")) as [{ url: string }];
  const announceFrom = (i: number, peer: number): Promise<Buffer> =>
    announce(url, queryOf(infoHashOf(SWARM), peer, { left: 100 }), false, honestAddress(i));
  for (let i = 0; i < HONEST; i++) await announceFrom(i, i);
  const attacker = fork(
    join(import.meta.dirname, "flood-tracker.ts"),
    [new URL(url).port, String(options.connections), SWARM],
    { execArgv: EXEC_ARGV },
  );
  await once(attacker, "message");
  const times: number[] = [];
  for (let i = 0; i < options.announces; i++) {
    const startedAt = performance.now();
    const isAnswered = await Promise.race([
      announceFrom(i, i % HONEST).then(
        (body) => !body.includes("failure reason"),
        () => false,
      ),
      new Promise<boolean>((resolve) => setTimeout(resolve, GIVE_UP_MS, false).unref()),
    ]);
    times.push(isAnswered ? performance.now() - startedAt : Number.POSITIVE_INFINITY);
  }
  attacker.kill("SIGKILL");
  const seen = new Set<string>();
  // A reply has 50 peers at most.
  for (let i = 0; i < 20; i++) for (const peer of peersOf(await announceFrom(200, 40_000))) seen.add(peer);
  tracker.kill("SIGKILL");
  authority.stop();
  const kept = Array.from({ length: HONEST }, (_, i) => `${honestAddress(i)}:${1_024 + i}`);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return {
    swarmKept: kept.filter((peer) => seen.has(peer)).length / HONEST,
    honestAnnounces: times.filter((ms) => ms <= IN_TIME_MS).length / times.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

const EXEC_ARGV = ["--disable-warning=ExperimentalWarning"];

/** `host:port` of the compact IPv4 peers (BEP 23) in a bencoded reply. */
function peersOf(body: Buffer): string[] {
  const [, head = "", length = "0"] = /^(.*?5:peers(\d+):)/s.exec(body.toString("latin1")) ?? [];
  return Array.from({ length: Number(length) / 6 }, (_, i) => {
    const peer = body.subarray(head.length + 6 * i, head.length + 6 * i + 6);
    return `${[...peer.subarray(0, 4)].join(".")}:${peer.readUInt16BE(4)}`;
  });
}

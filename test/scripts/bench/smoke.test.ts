import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

const BENCHES = join(import.meta.dirname, "..", "..", "..", "scripts", "bench");

async function figuresOf(program: string): Promise<Record<string, unknown>> {
  const args = ["--disable-warning=ExperimentalWarning", join(BENCHES, program), "--smoke", "--json"];
  const bench = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(bench, "close");
  const output = await text(bench.stdout);
  expect(await closed).toEqual([0, null]);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

test("bench:voucher measures our engine beside viem's", async () => {
  const figures = await figuresOf("voucher.ts");
  expect(Object.keys(figures)).toEqual([
    "signPerSecond",
    "verifyPerSecond",
    "encodePerSecond",
    "decodePerSecond",
    "viemSignPerSecond",
    "viemVerifyPerSecond",
  ]);
  for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0);
});

/** They start whole networks: `npm run test:deep`. */
describe.runIf(process.env.FLOODGATE_DEEP)("benches of whole networks", () => {
  test("bench:rounds settles lanes beside open ones, and names its longest stops", async () => {
    const figures = await figuresOf("rounds.ts");
    expect(Object.keys(figures)).toEqual(["idleBlockMs", "firstBlockMs", "settleBlockMs", "bundleBytes"]);
    for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0);
  });

  test("bench:peer starts a peer of many contents, and names what it costs while nobody asks", async () => {
    const figures = await figuresOf("peer.ts");
    expect(Object.keys(figures)).toEqual(["contents", "rssMiB", "cpuShare", "startSeconds"]);
    expect(figures.contents).toBe(20);
    expect(figures.rssMiB).toBeGreaterThan(0);
    // In so short a time it may be too little to be counted.
    expect(figures.cpuShare).toBeGreaterThanOrEqual(0);
    expect(figures.startSeconds).toBeGreaterThan(0);
  });

  test("bench:announce measures announces, ours beside another tracker's", async () => {
    const figures = await figuresOf("announce.ts");
    expect(Object.keys(figures)).toEqual([
      "freeClosing",
      "freeClosingOneSwarm",
      "freeKeepAlive",
      "tokenOnly",
      "signed",
      "issuing",
      "udp",
      "bytesPerPeer",
      "baselineClosing",
      "baselineOneSwarm",
    ]);
    for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0);
  });

  test("bench:intake stores vouchers, and pushes beside a flood", async () => {
    const figures = await figuresOf("intake.ts");
    expect(Object.keys(figures)).toEqual(["vouchersPerSecond", "readP99Ms", "honestUnderFlood"]);
    expect(figures.vouchersPerSecond).toBeGreaterThan(0);
    expect(figures.readP99Ms).toBeGreaterThan(0);
  });

  test("bench:transfer downloads a file paid and free, and names the ratio of what it measured", async () => {
    const figures = await figuresOf("transfer.ts");
    expect(figures).toMatchObject({ ratio1MiB256: null, busyRatio1MiB: null, twoSellers: null, halfBad: null });
    const [run] = figures.runs as { case: string; ratio: number }[];
    expect(run?.case).toBe("loopback, 8 MiB, 64 KiB");
    expect(run?.ratio).toBeGreaterThan(0);
    expect(figures.turnaroundMsP50).toBeGreaterThan(0);
  });

  test("bench:floods attacks a tracker and a seeder, and the honest still trade", async () => {
    const figures = await figuresOf("floods.ts");
    expect(Object.keys(figures)).toEqual([
      "seederRssMiB",
      "idleWiresRatio",
      "idleConnectionsRatio",
      "swarmKept",
      "honestAnnounces",
    ]);
    expect(figures).toMatchObject({ swarmKept: 1 });
    expect(figures.idleWiresRatio).toBeGreaterThan(0);
    expect(figures.idleConnectionsRatio).toBeGreaterThan(0);
  });

  test("bench:dashboards lets people look at the desk and at their accounts", async () => {
    const figures = await figuresOf("dashboards.ts");
    expect(Object.keys(figures)).toEqual(["mixed", "accounts", "desks", "answersPerSecond"]);
    expect(figures.answersPerSecond).toBeGreaterThan(0);
  });

  test("bench:proxy compares the proxy with get, and one plain program gets the bytes", async () => {
    const figures = await figuresOf("proxy.ts");
    expect(Object.keys(figures)).toEqual(["throughputRatio", "firstByteRatio", "clients", "equal"]);
    expect(figures).toMatchObject({ clients: ["urllib"], equal: true });
    expect(figures.throughputRatio).toBeGreaterThan(0);
    expect(figures.firstByteRatio).toBeGreaterThan(0);
  });
});

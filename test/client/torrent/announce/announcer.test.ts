import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDialRule } from "../../../../client/dial-rule.ts";
import { Announcer } from "../../../../client/torrent/announce/announcer.ts";

const INTERVAL_SEC = 90;
/** Compact (BEP 23): 127.0.0.1:6881. */
const SELLER = Buffer.from([127, 0, 0, 1, 6881 >> 8, 6881 & 0xff]);

let peers = Buffer.alloc(0);
const tracker = createServer((_request, response) => {
  const head = Buffer.from(`d8:intervali${INTERVAL_SEC}e5:peers${peers.length}:`);
  response.end(Buffer.concat([head, peers, Buffer.from("e")]));
});
beforeAll(() => new Promise<void>((resolve) => void tracker.listen(0, "127.0.0.1", resolve)));
afterAll(() => void tracker.close());

/** Peers of each answer. */
let told: (readonly string[])[] = [];
beforeEach(() => {
  told = [];
});

const unexpected = (error: Error): void => expect.unreachable(error.message);

/** Announces as often as there are answers; returns the seconds that the peer waits after each. */
async function waitsOf(
  left: number,
  answers: readonly Buffer[],
  { port = (tracker.address() as AddressInfo).port, onProblem = unexpected, isWantedAgain = false, random = 0.5 } = {},
): Promise<number[]> {
  const waits: number[] = [];
  let timerSet: (run: () => void) => void = () => undefined;
  const trackerUrl = `http://127.0.0.1:${port}/announce`;
  const announcer = new Announcer({
    trackerUrl,
    dialing: createDialRule(trackerUrl, () => 0),
    userAgent: "test",
    query: () => ({
      infoHash: "aa".repeat(20),
      torrentPeerId: new Uint8Array(20),
      port: 1,
      uploaded: 0,
      downloaded: 0,
      left,
      extra: {},
    }),
    onPeers: (peers) => {
      told.push(peers);
      if (isWantedAgain) announcer.again();
    },
    onGrant: () => undefined,
    onProblem,
    setTimer: (run, ms) => {
      waits.push(ms / 1_000);
      timerSet(run);
      return () => undefined;
    },
    now: () => 0,
    random: () => random,
  });
  let next = () => announcer.start();
  for (const answer of answers) {
    peers = Buffer.from(answer);
    const { promise, resolve } = Promise.withResolvers<() => void>();
    timerSet = resolve;
    next();
    next = await promise;
  }
  await announcer.stop(10_000);
  return waits;
}

test("a tracker that is away is asked again within seconds, for as long as it is away", async () => {
  const problems: string[] = [];
  const onProblem = (error: Error): void => void problems.push(error.message);
  // Nothing listens on port 1.
  expect(await waitsOf(0, Array(6).fill(nobody), { port: 1, onProblem })).toEqual([2, 4, 8, 8, 8, 8]);
  expect(problems.length).toBeGreaterThanOrEqual(6);
});

test("what is wanted again is asked at once, eight times in eight seconds", async () => {
  const waits = await waitsOf(1, Array(8).fill(SELLER), { isWantedAgain: true });
  expect(waits).toEqual([0, 0, 0, 0, 0, 0, 0, 8]);
});

const nobody = Buffer.alloc(0);

test("a download that finds no peer asks again soon, and less and less often", async () => {
  expect(await waitsOf(1, Array(8).fill(nobody))).toEqual([2, 4, 8, 16, 32, 64, 90, 90]);
});

test("a download that has found its peers asks when the tracker wants it", async () => {
  expect(await waitsOf(1, [nobody, SELLER, nobody])).toEqual([2, INTERVAL_SEC, 2]);
});

test("a seeder without customers asks when the tracker wants it", async () => {
  const answers = Array(4).fill(nobody);
  expect((await waitsOf(0, answers)).with(1, 0)).toEqual([INTERVAL_SEC, 0, INTERVAL_SEC, INTERVAL_SEC]);
});

test("seeders that start together come back apart, once, at any time within their interval", async () => {
  const answers = Array(3).fill(nobody);
  for (const [random, second] of [
    [0, 5],
    [0.3, 0.3 * INTERVAL_SEC],
    [0.999, 89.91],
  ] as const)
    expect(await waitsOf(0, answers, { random })).toEqual([INTERVAL_SEC, second, INTERVAL_SEC]);
  // A download asks when the tracker wants it.
  expect(await waitsOf(1, [SELLER, SELLER], { random: 0.3 })).toEqual([INTERVAL_SEC, INTERVAL_SEC]);
});

test("addresses that nobody has are not passed on, and names never", async () => {
  const multicast = Buffer.from([224, 0, 0, 1, 0, 80]);
  await waitsOf(1, [Buffer.concat([multicast, SELLER])]);
  expect(told).toEqual([["127.0.0.1:6881"]]);
});

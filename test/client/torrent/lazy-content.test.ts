import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import type { ContentEvent, EngineContext } from "../../../client/torrent/content/content.ts";
import { LazyContent, type RestOptions } from "../../../client/torrent/content/lazy-content.ts";
import type { RunningContent } from "../../../client/torrent/content/running-content.ts";
import { FakePayment } from "./fake-payment.ts";
import { PIECES, Swarm } from "./swarm.ts";

let swarm: Swarm | null = null;
const lazies: LazyContent[] = [];
afterEach(async () => {
  await swarm?.stop();
  swarm = null;
});
afterAll(() => Promise.all(lazies.map((lazy) => lazy.stop(1))));

test.each(["paid", "free"])("a handshake wakes a seeder of %s content that holds no torrent", async (kind) => {
  swarm = await new Swarm({ isPaid: kind === "paid" }).start();
  const payment = new FakePayment(8);
  const seeder = await swarm.seed(1, payment, true);
  const content = seeder.content as LazyContent;
  expect(content.isAtRest).toBe(true);
  expect(content.progress()).toMatchObject({ bytesDone: content.progress().sizeBytes, peers: 0 });
  expect([content.isOnDisk(PIECES - 1), content.isOnDisk(PIECES), content.isOnDisk(-1)]).toEqual([true, false, false]);
  const leecher = await swarm.download(2);
  await leecher.content.complete;
  expect(swarm.isCopy(leecher.path)).toBe(true);
  expect(content.isAtRest).toBe(false);
  expect(await content.recheck(0, () => undefined)).toBe(true);
});

/** What a lazy content asks of the one that runs. */
class FakeRunning {
  readonly complete = Promise.resolve();
  isIdle = true;
  bytesDone = 9;
  readonly calls: string[] = [];
  readonly progress = () => ({ bytesDone: this.bytesDone, sizeBytes: 9, rateDown: 0, rateUp: 0, peers: 1 });
  readonly bits = () => Uint8Array.of(0x80);
  readonly rest = async () => void this.calls.push("rest");
  readonly stop = async () => void this.calls.push("stop");
}

let timers: (() => void)[];
let opened: FakeRunning[];
let changes: number;
let events: ContentEvent[];
beforeEach(() => {
  [timers, opened, changes, events] = [[], [], 0, []];
});

function lazy(load: RestOptions["load"], running: FakeRunning | null): LazyContent {
  const context = {
    trackerUrl: "http://127.0.0.1:1/announce",
    client: { torrentPort: 1 },
    torrentPeerId: new Uint8Array(20),
    // Only the looks: announces are not of this test.
    setTimer(run: () => void, ms: number) {
      if (ms === 60_000) timers.push(run);
      return () => undefined;
    },
    now: () => 0,
  } as unknown as EngineContext;
  const content = new LazyContent(
    {
      context,
      infoHash: "a".repeat(40),
      sizeBytes: 9,
      rest: { bits: running ? null : Uint8Array.of(0x80), load, onChanged: () => void changes++ },
      async open() {
        const next = new FakeRunning();
        opened.push(next);
        return next as unknown as RunningContent;
      },
      onRest: () => undefined,
      announceFields: () => ({}),
      onEvent: (event) => void (event.type === "failed" && events.push(event)),
    },
    running as unknown as RunningContent | null,
  );
  lazies.push(content);
  return content;
}

const loaded = { metainfo: new Uint8Array(), known: { bits: Uint8Array.of(0x80), suspects: [] } };
const look = (): void => timers.splice(0).forEach((run) => void run());

test("it rests at the second look that finds nobody, and is opened once for many handshakes", async () => {
  const first = new FakeRunning();
  const content = lazy(async () => loaded, first);
  first.isIdle = false;
  look();
  first.isIdle = true;
  look();
  expect(content.isAtRest).toBe(false);
  look();
  expect([content.isAtRest, first.calls]).toEqual([true, ["rest"]]);
  expect(content.bits()).toEqual(Uint8Array.of(0x80));
  expect(await Promise.all([content.wake(), content.wake(), content.wake()])).toEqual([true, true, true]);
  expect(opened).toHaveLength(1);
  expect(content.progress().peers).toBe(1);
});

test("files that have changed are told instead of served", async () => {
  const content = lazy(async () => null, null);
  expect([await content.wake(), changes, opened.length]).toEqual([false, 1, 0]);
  expect(content.isAtRest).toBe(true);
});

test("what cannot be opened has failed, and what was stopped stays so", async () => {
  const broken = lazy(() => Promise.reject(new Error("the disk is gone")), null);
  expect(await broken.wake()).toBe(false);
  expect(events).toMatchObject([{ type: "failed", error: { message: "the disk is gone" } }]);
  const stopped = lazy(async () => loaded, null);
  await stopped.stop(1);
  expect([await stopped.wake(), opened.length]).toEqual([false, 0]);
});

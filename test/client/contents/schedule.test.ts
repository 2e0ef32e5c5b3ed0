import fc from "fast-check";
import { expect, test } from "vitest";
import { limitsAt } from "../../../client/contents/schedule.ts";
import { keepLimits } from "../../../client/local-api/keep-limits.ts";
import type { PeerRun } from "../../../client/run-peer.ts";
import type { TransferLimits } from "../../../client/torrent/content/content-limits.ts";

/** Which rates hold at which minute of the day. */

const minute = fc.nat(1439);
const rate = fc.option(fc.integer({ min: 16_384, max: 2 ** 40 }));

test("a period holds from its first minute until before its last, also over midnight", () => {
  fc.assert(
    fc.property(minute, minute, minute, rate, rate, (from, to, now, plain, other) => {
      const schedule = [{ from, to, uploadLimit: other }];
      const { up, down } = limitsAt({ schedule, uploadLimit: plain, downloadLimit: plain }, now);
      // Minutes from the beginning of the period, round the clock.
      const isInside = (now - from + 1440) % 1440 < ((to - from + 1440) % 1440 || 1440);
      expect(up).toBe(isInside ? other : plain);
      expect(down).toBe(plain);
    }),
  );
});

test("the first period that names a rate decides on it", () => {
  const schedule = [
    { from: 0, to: 600, downloadLimit: 1 },
    { from: 300, to: 900, uploadLimit: 2, downloadLimit: 3 },
    { from: 0, to: 0, uploadLimit: null },
  ];
  const at = (now: number): TransferLimits => limitsAt({ schedule, uploadLimit: 8, downloadLimit: 9 }, now);
  expect(at(299)).toEqual({ up: null, down: 1 });
  expect(at(300)).toEqual({ up: 2, down: 1 });
  expect(at(600)).toEqual({ up: 2, down: 3 });
  expect(at(900)).toEqual({ up: null, down: 9 });
});

test("a peer changes its rates when their time comes, and sets none twice", () => {
  let saved = { uploadLimit: 100_000, schedule: [{ from: 60, to: 120, uploadLimit: 50_000 }] };
  let now = 59;
  let tick = (): void => undefined;
  const set: TransferLimits[] = [];
  const run = {
    peer: { setLimits: (limits: TransferLimits) => void set.push(limits), setMaxWires: () => undefined },
    store: { readSetting: () => JSON.stringify(saved) },
  } as unknown as PeerRun;
  const setTimer = (act: () => void): (() => void) => {
    tick = act;
    return () => {
      tick = () => undefined;
    };
  };
  const limits = keepLimits(run, 70_000, () => now, setTimer);
  // What the start of the peer says holds until somebody sets something.
  for (now of [60, 61]) tick();
  expect(set).toEqual([{ up: 70_000, down: null }]);
  limits.apply();
  for (now of [61, 120, 121]) tick();
  saved = { ...saved, uploadLimit: 30_000 };
  limits.apply();
  expect(set.slice(1).map(({ up }) => up)).toEqual([50_000, 100_000, 30_000]);
  limits.stop();
  now = 60;
  tick();
  expect(set).toHaveLength(4);
});

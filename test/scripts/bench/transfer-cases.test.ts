import { describe, expect, test } from "vitest";
import { combine, NAMED_CASES, nameOf } from "../../../scripts/bench/transfer/cases.ts";
import { transfersToJson } from "../../../scripts/bench/transfer/json.ts";
import type { Measured } from "../../../scripts/bench/transfer/measure.ts";
import type { Transfer } from "../../../scripts/bench/transfer/run-transfer.ts";

const LISTS = { mebibytes: "256", pieces: "1024", links: "loopback", sellers: "1" };
const PLAIN = { isBusy: false, hasHistory: false, isHalfBad: false };

const transfer: Transfer = { bytesPerSecond: 1, leecherCpuPerGiB: 1, seederCpuPerGiB: 1, turnaround: null };
const same = { low: 0.5, median: 0.5, high: 0.5 };
const measured = (one: Measured["one"]): Measured => ({
  one,
  paid: [transfer],
  other: [transfer],
  ratio: same,
  leecherCpu: same,
  seederCpu: same,
  libtorrent: null,
  bareLink: null,
  turnarounds: [],
});

describe("the cases of bench:transfer", () => {
  test("are all combinations of the lists", () => {
    const cases = combine({ mebibytes: "8,16", pieces: "64,16", links: "loopback,20/1000", sellers: "1,2" }, PLAIN);

    expect(new Set(cases.map(nameOf)).size).toBe(16);
    expect(nameOf(cases.at(-1) as Measured["one"])).toBe("20 ms, 1000 Mbit/s, 16 MiB, 16 KiB, 2 sellers");
  });

  test.each(["", "20", "20/", "fast", "20/-1"])("refuse the link %j", (links) => {
    expect(() => combine({ ...LISTS, links }, PLAIN)).toThrow(RangeError);
  });
});

test("the line for programs names a figure only where its case was measured", () => {
  const line = transfersToJson(combine(LISTS, PLAIN).map(measured));

  const { runs, ...figures } = JSON.parse(line);
  const unmeasured = Object.keys(NAMED_CASES).map((name) => [name, null]);
  expect(figures).toEqual({
    turnaroundMsP50: null,
    turnaroundMsP95: null,
    ...Object.fromEntries(unmeasured),
    ratio1MiB256: 0.5,
  });
  expect(runs).toMatchObject([{ case: "loopback, 256 MiB, 1024 KiB", ratio: 0.5 }]);
});

import { isDeepStrictEqual } from "node:util";
import { quartiles } from "../statistics.ts";
import { type Case, NAMED_CASES, nameOf } from "./cases.ts";
import type { Measured } from "./measure.ts";
import { cpuOf } from "./report.ts";
import { middleOf } from "./turnaround.ts";

/**
 * One line for programs. A named figure whose case was not measured is null; `runs` has all that
 * was.
 */
export function transfersToJson(all: readonly Measured[]): string {
  const find = (wanted: Case): Measured | undefined => all.find(({ one }) => isDeepStrictEqual(one, wanted));
  const traced = all.find(({ one, turnarounds }) => one.link === null && turnarounds.length > 0);
  const turn = traced && middleOf(traced.turnarounds)?.total;
  const named = Object.entries(NAMED_CASES).map(([key, one]) => [key, figure(find(one)?.ratio.median)]);
  return JSON.stringify({
    turnaroundMsP50: figure(turn?.p50),
    turnaroundMsP95: figure(turn?.p95),
    ...Object.fromEntries(named),
    runs: all.map(runOf),
  });
}

function runOf({ one, paid, other, ratio, libtorrent, bareLink, turnarounds }: Measured): Record<string, unknown> {
  const speedOf = (side: Measured["paid"]): number | null =>
    figure(quartiles(side.map(({ bytesPerSecond }) => bytesPerSecond)).median);
  const middle = middleOf(turnarounds);
  return {
    case: nameOf(one),
    pairs: paid.length,
    paidBytesPerSecond: speedOf(paid),
    otherBytesPerSecond: speedOf(other),
    ratio: figure(ratio.median),
    leecherCpuPerGiB: figure(cpuOf(paid)),
    otherCpuPerGiB: figure(cpuOf(other)),
    libtorrentBytesPerSecond: figure(libtorrent?.bytesPerSecond),
    libtorrentCpuPerGiB: figure(libtorrent?.leecherCpuPerGiB),
    linkBytesPerSecond: figure(bareLink),
    turnaroundMsP50: figure(middle?.total.p50),
    turnaroundMsP95: figure(middle?.total.p95),
    creditShare: figure(middle?.creditShare),
  };
}

function figure(value: number | null | undefined): number | null {
  return value === undefined || value === null ? null : Number(value.toFixed(4));
}

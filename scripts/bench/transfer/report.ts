import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { formatQuartiles, type Quartiles } from "../statistics.ts";
import type { Measured } from "./measure.ts";
import { type Spread, STALL_MS, TURN_HELP, TURN_STEPS, type Turnaround } from "./turnaround.ts";

const HEAD = [
  "link",
  "piece",
  "pairs",
  "paid MB/s",
  "free MB/s",
  "ratio",
  "leecher CPU",
  "seeder CPU",
  "libtorrent MB/s",
];

/** The table for people. */
export function formatTransfers(all: readonly Measured[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const one of all) {
    table.push([
      one.link,
      `${one.pieceLength / 1024} KiB`,
      one.pairs,
      formatQuartiles(toMega(one.paid), 0),
      formatQuartiles(toMega(one.free), 0),
      formatQuartiles(one.ratio),
      formatQuartiles(one.leecherCpu),
      formatQuartiles(one.seederCpu),
      one.libtorrent === null ? "-" : (one.libtorrent / 1e6).toFixed(0),
    ]);
  }
  const notes = `medians (quartiles) on ${availableParallelism()} cores; ratios are paid / free`;
  return `${table.toString()}\n${notes}; delayed: 20 ms each way, 200 Mbit/s`;
}

/** What one turn of the credit spends its time on; medians over the paid transfers. */
export function formatTurns(all: readonly Measured[]): string {
  const traced = all.filter(({ turnarounds }) => turnarounds.length > 0);
  const names = traced.map(({ link, pieceLength }) => `${link}, ${pieceLength / 1024} KiB`);
  const table = new Table({
    head: ["p50 / p95, ms", ...names, "from the step before"],
    style: { head: [], border: [] },
  });
  const row = (name: string, of: (turnaround: Turnaround) => string, help: string): void => {
    table.push([name, ...traced.map(({ turnarounds }) => of(middle(turnarounds))), help]);
  };
  const format = ({ p50, p95 }: Spread): string => `${p50.toFixed(1)} / ${p95.toFixed(1)}`;
  for (const step of TURN_STEPS) row(step, ({ steps }) => format(steps[step]), TURN_HELP[step]);
  row("all of them", ({ total }) => format(total), "last paid block to first block of the room");
  row("turns, vouchers", ({ turns, vouchers }) => `${turns}, ${vouchers}`, "");
  row(
    "stalls",
    ({ stalls, stalledMs }) => `${stalls}, ${stalledMs.toFixed(0)} ms`,
    `payee sends nothing for ${STALL_MS} ms`,
  );
  row("voucher on disk", ({ syncMs }) => formatQuartiles(syncMs, 1), "ms, payee; median (quartiles)");
  row("who is asked", ({ askedMs }) => formatQuartiles(askedMs, 1), "ms until stored by the payer");
  return table.toString();
}

/** The transfer of median turnaround. */
function middle(turnarounds: readonly Turnaround[]): Turnaround {
  const sorted = turnarounds.toSorted((a, b) => a.total.p50 - b.total.p50);
  return sorted[Math.floor((sorted.length - 1) / 2)] as Turnaround;
}

/** One line for programs. */
export function transfersToJson(all: readonly Measured[]): string {
  const find = (kib: number): Measured | undefined =>
    all.find(({ link, pieceLength }) => link === "loopback" && pieceLength === kib * 1024);
  const turns = all.find(({ link, turnarounds }) => link === "loopback" && turnarounds.length > 0);
  const total = turns && middle(turns.turnarounds).total;
  return JSON.stringify({
    turnaroundMsP50: figure(total?.p50),
    turnaroundMsP95: figure(total?.p95),
    ratio1MiB: figure(find(1024)?.ratio.median),
    ratio256KiB: figure(find(256)?.ratio.median),
    ratio64KiB: figure(find(64)?.ratio.median),
    ratio16KiB: figure(find(16)?.ratio.median),
    leecherCpu1MiB: figure(find(1024)?.leecherCpu.median),
    seederCpu1MiB: figure(find(1024)?.seederCpu.median),
    libtorrent1MiB: figure(find(1024)?.libtorrent),
    delayed: all
      .filter(({ link }) => link === "delayed")
      .map(({ pieceLength, ratio }) => ({ pieceLength, ratio: figure(ratio.median) })),
  });
}

function figure(value: number | null | undefined): number | null {
  return value === undefined || value === null ? null : Number(value.toFixed(4));
}

function toMega({ low, median, high }: Quartiles): Quartiles {
  return { low: low / 1e6, median: median / 1e6, high: high / 1e6 };
}

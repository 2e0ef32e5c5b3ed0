import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { formatQuartiles, type Quartiles, quartiles } from "../statistics.ts";
import { nameOf } from "./cases.ts";
import type { Measured } from "./measure.ts";
import type { Transfer } from "./run-transfer.ts";
import { middleOf, type Spread, STALL_MS, TURN_HELP, TURN_STEPS, type Turnaround } from "./turnaround.ts";

const HEAD = ["case", "pairs", "paid MB/s", "free MB/s", "ratio", "leecher CPU", "seeder CPU", "s/GiB", "libtorrent"];

/** The table for people. */
export function formatTransfers(all: readonly Measured[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const { one, paid, other, ratio, leecherCpu, seederCpu, libtorrent, bareLink } of all) {
    const beside =
      libtorrent === null ? "-" : `${mega(libtorrent.bytesPerSecond)}, ${libtorrent.leecherCpuPerGiB.toFixed(2)}`;
    table.push([
      nameOf(one),
      paid.length,
      formatQuartiles(speeds(paid), 0),
      formatQuartiles(speeds(other), 0),
      formatQuartiles(ratio),
      formatQuartiles(leecherCpu),
      formatQuartiles(seederCpu),
      [paid, other].map((side) => cpuOf(side).toFixed(2)).join(", "),
      bareLink === null ? beside : `link ${mega(bareLink)}`,
    ]);
  }
  const notes = [
    `medians (quartiles) on ${availableParallelism()} cores; ratios are paid / free`,
    "with bad sellers: of the time, and beside the same without them",
    "s/GiB: the leechers' CPU; libtorrent: MB/s and its leecher's CPU; link: what it carries by itself, MB/s",
  ];
  return `${table.toString()}\n${notes.join("\n")}`;
}

/** What one turn of the credit spends its time on; of the transfer of median turnaround. */
export function formatTurns(all: readonly Measured[]): string {
  const traced = all.flatMap(({ one, turnarounds }) => {
    const middle = middleOf(turnarounds);
    return middle ? [{ name: nameOf(one), middle }] : [];
  });
  const table = new Table({
    head: ["p50 / p95, ms", ...traced.map(({ name }) => name), "from the step before"],
    style: { head: [], border: [] },
  });
  const row = (name: string, of: (turnaround: Turnaround) => string, help: string): void => {
    table.push([name, ...traced.map(({ middle }) => of(middle)), help]);
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
  row(
    "credit",
    ({ creditShare }) => `${(100 * creditShare).toFixed(1)} %`,
    "of the time nothing is asked for, or let through",
  );
  row("voucher on disk", ({ syncMs }) => formatQuartiles(syncMs, 1), "ms, payee; median (quartiles)");
  row("who is asked", ({ askedMs }) => formatQuartiles(askedMs, 1), "ms until stored by the payer");
  return table.toString();
}

/** Seconds of the leecher's CPU per GiB, the median. */
export function cpuOf(transfers: readonly Transfer[]): number {
  return quartiles(transfers.map(({ leecherCpuPerGiB }) => leecherCpuPerGiB)).median;
}

function speeds(transfers: readonly Transfer[]): Quartiles {
  return quartiles(transfers.map(({ bytesPerSecond }) => bytesPerSecond / 1e6));
}

function mega(bytesPerSecond: number): string {
  return (bytesPerSecond / 1e6).toFixed(0);
}

import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { formatQuartiles, type Quartiles } from "../statistics.ts";
import type { Measured } from "./measure.ts";

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

/** One line for programs. */
export function transfersToJson(all: readonly Measured[]): string {
  const find = (kib: number): Measured | undefined =>
    all.find(({ link, pieceLength }) => link === "loopback" && pieceLength === kib * 1024);
  return JSON.stringify({
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

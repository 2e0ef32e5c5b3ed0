import Table from "cli-table3";
import { formatAmount } from "../../../protocol/base/units.ts";
import { figuresOf, median, type SideFigures } from "./figures.ts";
import type { Money } from "./money.ts";
import type { SwarmOptions } from "./options.ts";
import type { Round, Side } from "./round.ts";

const MIB = 1024 * 1024;

export interface SwarmResult {
  readonly options: SwarmOptions;
  readonly rounds: readonly Round[];
  readonly money: Money;
  readonly problems: readonly string[];
  readonly symbol: string;
  readonly decimals: number;
}

export function formatSwarm({ options, rounds, money, problems, symbol, decimals }: SwarmResult): string {
  const table = new Table({
    head: ["side", "mean s", "median s", "worst s", "origin served", "CPU s"],
    colAligns: ["left", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  const cached = options.caches === 0 ? null : figuresOf(rounds, "cached");
  for (const round of rounds) table.push(row(round.side, figuresOf([round], round.side), median(round.seconds)));
  const sides = { paid: figuresOf(rounds, "paid"), free: figuresOf(rounds, "free") };
  const { mean, worst } = ratios(rounds, sides);
  table.push(["paid / free", mean?.toFixed(3) ?? "none", "", worst?.toFixed(3) ?? "none", "", ""]);
  const rate = options.uploadLimit === null ? "no limit" : `at most ${options.uploadLimit / 1024} KiB/s, on both sides`;
  const warnings = rounds.flatMap((round) => [...round.warnings].map(([text, times]) => `  ${times} x ${text}`));
  const sum = (amount: bigint): string => formatAmount(amount, decimals);
  return [
    `${options.seeders} seeders and ${options.leechers} leechers, ${options.fileBytes / MIB} MiB, ${options.maxWires} wires, upload of each peer: ${rate}; ${options.rounds} pairs of rounds`,
    table.toString(),
    `paid ${sum(money.paid)} = earned ${sum(money.earned)} + fee ${sum(money.fee)} ${symbol}, ${money.lanes} lanes settled`,
    ...(cached
      ? [
          `with ${options.caches} caches the origin served ${percent(cached.originShare)}; the worst cache ended at ${cached.worstCache} base units`,
        ]
      : []),
    ...(warnings.length > 0 ? ["What the paying peers said:", ...warnings] : []),
    problems.length === 0 ? "Everything adds up." : `It does not add up:\n  ${problems.join("\n  ")}`,
  ].join("\n");
}

export function toJson({ options, rounds, money, problems }: SwarmResult): string {
  const sides = { paid: figuresOf(rounds, "paid"), free: figuresOf(rounds, "free") };
  const cached = options.caches === 0 ? null : figuresOf(rounds, "cached");
  const { mean, worst } = ratios(rounds, sides);
  const rounded = (number: number | null): number | null => number && Math.round(number * 1000) / 1000;
  return JSON.stringify({
    ok: problems.length === 0,
    swarmMeanRatio: rounded(mean),
    swarmWorstRatio: rounded(worst),
    originShare: rounded(sides.paid.originShare),
    originShareFree: rounded(sides.free.originShare),
    paidMeanSeconds: rounded(sides.paid.mean),
    freeMeanSeconds: rounded(sides.free.mean),
    paidWorstSeconds: rounded(sides.paid.worst),
    freeWorstSeconds: rounded(sides.free.worst),
    caches: options.caches,
    originShareCached: cached && rounded(cached.originShare),
    cachedMeanSeconds: cached && rounded(cached.mean),
    cachedWorstSeconds: cached && rounded(cached.worst),
    worstCache: cached?.worstCache?.toString() ?? null,
    warnings: rounds.reduce((sum, { warnings }) => sum + [...warnings.values()].reduce((all, one) => all + one, 0), 0),
    paid: money.paid.toString(),
    earned: money.earned.toString(),
    fee: money.fee.toString(),
    lanes: money.lanes,
    incomplete: rounds.reduce((sum, { incomplete }) => sum + incomplete, 0),
    seeders: options.seeders,
    leechers: options.leechers,
    fileBytes: options.fileBytes,
    uploadLimit: options.uploadLimit,
    rounds: options.rounds,
  });
}

/**
 * Null while downloads were cut off at the limit: their times are not known, and a ratio of limits
 * says nothing.
 */
function ratios(
  rounds: readonly Round[],
  { paid, free }: Readonly<Record<"paid" | "free", SideFigures>>,
): { mean: number | null; worst: number | null } {
  if (rounds.some(({ incomplete }) => incomplete > 0)) return { mean: null, worst: null };
  return { mean: paid.mean / free.mean, worst: paid.worst / free.worst };
}

function row(side: Side, { mean, worst, originShare, cpuSeconds }: SideFigures, middle: number): string[] {
  return [side, mean.toFixed(1), middle.toFixed(1), worst.toFixed(1), percent(originShare), cpuSeconds.toFixed(0)];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

import { formatBytes } from "../../../protocol/base/units.ts";
import type { Day } from "../../account/app/money/days.ts";
import { DayChart } from "../../account/app/parts/day-chart.tsx";
import { Chart } from "../../kit/live/chart.tsx";

/** Charts with much, little and nothing to show. */

const rateText = (bytes: number): string => `${formatBytes(bytes)}/s`;
const wave = (count: number, most: number, length: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.round((most * (1 + Math.sin(i / length))) / 2));

export function LineCharts() {
  return (
    <>
      <Line title="Rates" down={wave(360, 9_000_000, 23)} up={wave(360, 2_000_000, 7)} />
      <Line title="Two samples" down={[1_000, 30_000]} up={[0, 0]} />
      <Line title="Nothing moves" down={wave(60, 0, 1)} up={wave(60, 0, 1)} />
    </>
  );
}

function Line({ title, down, up }: { title: string; down: readonly number[]; up: readonly number[] }) {
  return (
    <Chart
      title={title}
      note="a sample each five seconds"
      kind="line"
      base={2}
      steps={[60, 300, 600]}
      pointName="When"
      points={down.map((_, i) => 5 * (i + 1 - down.length))}
      namePoint={(point) => (point === 0 ? "now" : `${-point} s ago`)}
      sayPoint={(point) => (point === 0 ? "now" : `${-point / 60} min`)}
      sayValue={rateText}
      series={[
        { name: "down", tone: "tide", values: down, say: (i) => rateText(down[i] ?? 0) },
        { name: "up", tone: "wait", values: up, say: (i) => rateText(up[i] ?? 0) },
      ]}
    />
  );
}

const TOKEN = { address: `0x${"ab".repeat(20)}`, symbol: "TUSD", decimals: 6 } as const;
const LAST_DAY = 20_787;
const month: readonly Day[] = Array.from({ length: 30 }, (_, i) => ({
  day: LAST_DAY - 29 + i,
  earned: BigInt(((i * 7_919) % 31) * 123_457),
  paid: BigInt(((i * 4_241) % 11) * 98_761),
}));

export function BarCharts() {
  const dust: readonly Day[] = [{ day: LAST_DAY, earned: 3n, paid: 1n }];
  const large: readonly Day[] = month.slice(-7).map((day) => ({ ...day, earned: day.earned * 10n ** 9n }));
  return (
    <>
      <DayChart days={{ days: month, isPartial: false }} token={TOKEN} />
      <DayChart days={{ days: dust, isPartial: true }} token={TOKEN} />
      <DayChart days={{ days: large, isPartial: false }} token={TOKEN} />
    </>
  );
}

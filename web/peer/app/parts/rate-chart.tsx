import { useMemo } from "preact/hooks";
import { Chart } from "../../../kit/live/chart.tsx";
import { durationText, rateText } from "../figures.ts";
import { rates } from "../state.ts";

/** Steps between marks of the time axis, seconds. */
const STEPS = [60, 120, 300, 600];

/** What went over the lines in the last half hour, whether this page was open or not. */
export function RateChart() {
  const { stepSec, down, up } = rates.value;
  const points = useMemo(() => down.map((_, i) => (i - down.length + 1) * stepSec), [rates.value]);
  if (points.length < 2) return null;
  const seconds = points.length * stepSec;
  return (
    <Chart
      title="Rates"
      note={`of the last ${seconds < 60 ? `${seconds} seconds` : durationText(seconds)}, each ${stepSec} seconds`}
      kind="line"
      base={2}
      steps={STEPS}
      pointName="When"
      points={points}
      namePoint={ago}
      sayPoint={(point) => (point === 0 ? "now" : `${-point / 60} min`)}
      sayValue={rateText}
      series={[
        { name: "down", tone: "tide", values: down, say: (i) => rateText(down[i] ?? 0) },
        { name: "up", tone: "wait", values: up, say: (i) => rateText(up[i] ?? 0) },
      ]}
    />
  );
}

function ago(point: number): string {
  if (point === 0) return "now";
  const [minutes, seconds] = [Math.floor(-point / 60), -point % 60];
  return `${minutes > 0 ? `${minutes} min ` : ""}${seconds > 0 ? `${seconds} s ` : ""}ago`;
}

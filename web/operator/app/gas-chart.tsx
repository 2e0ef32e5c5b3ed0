import { Chart } from "../../kit/live/chart.tsx";
import type { GasDay } from "../gas-days.ts";

const DAY_MS = 86_400_000;
/** Steps between marks of the time axis, days. */
const STEPS = [1, 2, 5, 10, 15, 30];
const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const WHOLE = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Gas of the authority's transactions, by the day on which they ended. */
export function GasChart({ days }: { days: readonly GasDay[] }) {
  const sum = (name: "settling" | "relaying" | "count"): string =>
    days.reduce((all, day) => all + day[name], 0).toLocaleString("en");
  const exactly = (name: "settling" | "relaying") => (i: number) => (days[i]?.[name] ?? 0).toLocaleString("en");
  return (
    <Chart
      title="Gas by day"
      note={`${sum("count")} transactions of ${days.length} days, in UTC: ${sum("settling")} for settling, ${sum("relaying")} for deposits, devices and withdrawals`}
      kind="bars"
      base={10}
      steps={STEPS}
      pointName="Day"
      points={days.map(({ day }) => day)}
      namePoint={(day) => WHOLE.format(day * DAY_MS)}
      sayPoint={(day) => SHORT.format(day * DAY_MS)}
      sayValue={(value) => COMPACT.format(value)}
      series={[
        {
          ...{ name: "settling", tone: "tide", values: days.map(({ settling }) => settling) },
          say: exactly("settling"),
        },
        {
          ...{ name: "relaying", tone: "soft", values: days.map(({ relaying }) => relaying) },
          say: exactly("relaying"),
        },
      ]}
    />
  );
}

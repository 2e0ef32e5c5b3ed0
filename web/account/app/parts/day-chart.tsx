import { useMemo } from "preact/hooks";
import { formatAmount } from "../../../../protocol/base/units.ts";
import type { Info } from "../../../../protocol/http/public.ts";
import { Chart } from "../../../kit/live/chart.tsx";
import { Money } from "../../../kit/live/money.tsx";
import type { Days } from "../money/days.ts";

type Token = Info["token"];

const DAY_MS = 86_400_000;
/** Steps between marks of the time axis, days. */
const STEPS = [1, 2, 5, 10, 15];
const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const WHOLE = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });

/** What was settled to and from the account, day by day. */
export function DayChart({ days: { days, isPartial }, token }: { days: Days; token: Token }) {
  const data = useMemo(
    () => ({
      points: days.map(({ day }) => day),
      earned: days.map(({ earned }) => heightOf(earned, token)),
      paid: days.map(({ paid }) => heightOf(paid, token)),
    }),
    [days, token],
  );
  if (days.length === 0) return null;
  const sum = (name: "earned" | "paid"): bigint => days.reduce((all, day) => all + day[name], 0n);
  return (
    <Chart
      title="Settled by day"
      note={
        <>
          of {days.length === 1 ? "one day" : `${days.length} days`}, in UTC: earned{" "}
          <Money amount={sum("earned")} token={token} />, paid <Money amount={sum("paid")} token={token} />{" "}
          {token.symbol}
          {isPartial && "; the first day as far as it is listed below"}
        </>
      }
      kind="bars"
      base={10}
      steps={STEPS}
      pointName="Day"
      points={data.points}
      namePoint={(day) => WHOLE.format(day * DAY_MS)}
      sayPoint={(day) => SHORT.format(day * DAY_MS)}
      sayValue={(value) => value.toLocaleString("en", { maximumFractionDigits: Math.min(20, token.decimals) })}
      series={[
        {
          ...{ name: "earned", tone: "good", values: data.earned },
          say: (i) => <Money amount={days[i]?.earned ?? 0n} token={token} />,
        },
        {
          ...{ name: "paid", tone: "soft", values: data.paid },
          say: (i) => <Money amount={days[i]?.paid ?? 0n} token={token} />,
        },
      ]}
    />
  );
}

/** As high as it is drawn, in whole tokens: a picture needs no exact unit. */
function heightOf(amount: bigint, { decimals }: Token): number {
  return Number(formatAmount(amount, decimals));
}

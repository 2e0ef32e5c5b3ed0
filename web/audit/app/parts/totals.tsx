import type { AuditReport } from "../../../../audit/audit-report.ts";
import { symbolOf } from "../../../../audit/report/printed.ts";
import { totalsOf } from "../../../../audit/report/totals.ts";
import { printable } from "../../../../protocol/base/text.ts";
import { Money } from "../../../kit/live/money.tsx";

/** The sums of the history, as the command line's report has them. */
export function Totals({ report }: { report: AuditReport }) {
  return (
    <section aria-labelledby="totals">
      <h2 id="totals">
        Totals <small>{printable(symbolOf(report.token), 20)}</small>
      </h2>
      <dl class="stats">
        {totalsOf(report).map(({ name, amount, note }) => (
          <div class="stat" key={name}>
            <dt>{name}</dt>
            <dd>
              <Money amount={amount} token={report.token} />
            </dd>
            <dd class="note">{note}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

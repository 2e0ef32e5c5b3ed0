import { printTime } from "../../../../audit/books/time-text.ts";
import { symbolOf } from "../../../../audit/report/printed.ts";
import { verdictOf } from "../../../../audit/report/verdict.ts";
import { printable } from "../../../../protocol/base/text.ts";
import type { Auditor } from "../auditor.ts";
import type { Outcome } from "../messages.ts";
import { leaveAudit } from "../run.ts";
import { Accounts } from "./accounts.tsx";
import { Batches } from "./batches.tsx";
import { Checks } from "./checks.tsx";
import { Findings, NotChecked } from "./findings.tsx";
import { Follow } from "./follow.tsx";
import { Totals } from "./totals.tsx";

/** What an audit found: the worst first. */
export function Result({ auditor, outcome }: { auditor: Auditor; outcome: Outcome }) {
  const { report, books, seconds } = outcome;
  const { tone, title, text } = verdictOf(report);
  return (
    <div class="result">
      <section class={`verdict ${tone}`} aria-labelledby="verdict">
        <h2 id="verdict">{title}</h2>
        <p>{text}</p>
      </section>
      <dl class="about">
        <dt>contract</dt>
        <dd>
          <code>{report.contract}</code> on chain {String(report.chainId)}
        </dd>
        <dt>code</dt>
        <dd>{report.build ?? "of no published build"}</dd>
        <dt>blocks</dt>
        <dd>
          {report.fromBlock} to {report.toBlock}, of {printTime(books.time)}
        </dd>
        <dt>history</dt>
        <dd>
          {report.transactions} transactions, {report.accounts} accounts; checked in {seconds.toFixed(1)} s, here
        </dd>
        <dt>token</dt>
        <dd>
          {printable(symbolOf(report.token), 20)}, <code>{report.token.address}</code>
        </dd>
      </dl>
      <p class="actions">
        <button type="button" onClick={leaveAudit}>
          Check another history
        </button>
      </p>
      <Findings report={report} />
      <NotChecked report={report} />
      <Totals report={report} />
      <Batches auditor={auditor} books={books} token={report.token} />
      <Follow auditor={auditor} token={report.token} />
      <Accounts books={books} token={report.token} />
      <Checks report={report} />
    </div>
  );
}

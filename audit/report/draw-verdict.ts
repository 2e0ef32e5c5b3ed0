import type { AuditReport } from "../audit-report.ts";
import { drawRest } from "./draw-table.ts";
import { html, type Markup } from "./html.ts";
import { valuesOf } from "./values.ts";
import { verdictOf } from "./verdict.ts";

/** Lines of one list. The JSON report has all of them. */
const MAX_LINES = 500;
const ALL = "--json";

/** What was found, in one line. */
export function drawVerdict(report: AuditReport): Markup {
  const { tone, title, text } = verdictOf(report);
  return html`<div class="verdict ${tone}"><strong>${title}</strong>
${text}</div>`;
}

export function drawFindings({ findings, findingCount }: AuditReport): Markup {
  if (findingCount === 0) return html`<h2>Findings</h2><p>None.</p>`;
  const items = findings.slice(0, MAX_LINES).map(({ severity, check, sentence, block, tx, expected, actual }) => {
    const tone = severity === "minor" ? "open" : "bad";
    const values = valuesOf({ expected, actual });
    const numbers =
      values === null
        ? html``
        : html`<br><small>due <code>${values.expected}</code>, found <code>${values.actual}</code></small>`;
    return html`<li><span class="tag ${tone}">${severity}</span><div>${sentence} <small>check ${check}</small>${numbers}${drawPlace(block, tx)}</div></li>
`;
  });
  return html`<h2>Findings</h2><ol class="list">${items}</ol>${drawRest(items.length, findingCount, ALL)}`;
}

export function drawNotChecked({ notChecked, notCheckedCount }: AuditReport): Markup {
  if (notCheckedCount === 0)
    return html`<h2>Not checked</h2><p>Nothing: everything that the contract did could be seen.</p>`;
  const items = notChecked.slice(0, MAX_LINES).map(
    ({ sentence, block, tx }) =>
      html`<li><span class="tag open">unseen</span><div>${sentence}${drawPlace(block, tx)}</div></li>
`,
  );
  return html`<h2>Not checked</h2><ol class="list">${items}</ol>${drawRest(items.length, notCheckedCount, ALL)}`;
}

export function drawChecks({ checks }: AuditReport): Markup {
  const items = checks.map(({ number, sentence, findings }) => {
    const [state, word] = findings === 0 ? ["good", "holds"] : ["bad failed", "fails"];
    return html`<li><span class="number">${number}</span><span class="tag ${state}">${word}</span><div>${sentence}</div></li>
`;
  });
  const half = Math.ceil(items.length / 2);
  return html`<h2>Checks</h2><div class="halves"><ol class="list checks">${items.slice(0, half)}</ol><ol class="list checks">${items.slice(half)}</ol></div>`;
}

function drawPlace(block: number | null, tx: string | null): Markup {
  return tx === null ? html`` : html`<br><small>block ${block ?? "?"}, <code>${tx}</code></small>`;
}

import type { AuditReport } from "../audit-report.ts";
import { drawRest } from "./draw-table.ts";
import { html, type Markup } from "./html.ts";

/** Lines of one list. The JSON report has all of them. */
const MAX_LINES = 500;
const ALL = "--json";

/** What was found, in one line. */
export function drawVerdict({ findingCount, notCheckedCount, checks }: AuditReport): Markup {
  const unseen = plural(notCheckedCount, "thing");
  const hold = `All ${checks.length} checks hold for everything that could be seen.`;
  if (findingCount > 0) {
    return html`<div class="verdict bad"><strong>Not clean: ${plural(findingCount, "finding")}</strong>
Something breaks the contract's rules. Each finding says what was due and what was found.</div>`;
  }
  if (notCheckedCount > 0) {
    return html`<div class="verdict open"><strong>Clean, but ${unseen} could not be seen</strong>
${hold} What was not checked is listed below; the audit does not vouch for it.</div>`;
  }
  return html`<div class="verdict good"><strong>Clean</strong>${hold}</div>`;
}

export function drawFindings({ findings, findingCount }: AuditReport): Markup {
  if (findingCount === 0) return html`<h2>Findings</h2><p>None.</p>`;
  const items = findings.slice(0, MAX_LINES).map(({ severity, check, sentence, block, tx, expected, actual }) => {
    const tone = severity === "minor" ? "open" : "bad";
    // Sentences tell amounts with their unit: here would be base units.
    const numbers =
      expected === undefined || [expected, actual].some((value) => /^-?\d+$/.test(value ?? ""))
        ? html``
        : html`<br><small>due <code>${expected}</code>, found <code>${actual ?? "nothing"}</code></small>`;
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

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

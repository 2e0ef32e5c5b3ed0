import type { AuditReport } from "../audit-report.ts";
import { type AccountBook, volumeOf } from "../books/account-book.ts";
import type { Books } from "../books/books.ts";
import { accountColumns, cameIn, type TextColumn } from "./columns.ts";
import { drawBars } from "./draw-figures.ts";
import { drawRest, drawTable, type TableColumn } from "./draw-table.ts";
import { html, type Markup } from "./html.ts";
import { symbolOf, tokens } from "./printed.ts";
import { short } from "./short.ts";
import { totalsOf } from "./totals.ts";

const MAX_ACCOUNTS = 200;
const MAX_FLOWS = 50;

type Token = AuditReport["token"];
type Account = Books["accounts"][number];

export function drawTotals(report: AuditReport): Markup {
  const { token } = report;
  const drawn = totalsOf(report).map(
    ({
      name,
      amount,
      note,
    }) => html`<div><small>${name}</small><b>${tokens(amount, token)}</b><small>${note}</small></div>
`,
  );
  return html`<h2>Totals <small>${symbolOf(token)}</small></h2><div class="grid">${drawn}</div>`;
}

/** What came into each account and what left it. */
export function drawAccounts({ accounts }: Books, token: Token): Markup {
  if (accounts.length === 0) return html``;
  const greatest = accounts.reduce((most, book) => (cameIn(book) > most ? cameIn(book) : most), 1n);
  const asCell = ({ text, ...column }: TextColumn<Account>): TableColumn<Account> => ({ ...column, cell: text });
  const columns: TableColumn<Account>[] = [
    { title: "account", cell: ({ account }) => html`<code>${account}</code>` },
    { title: "balance", isNumber: true, cell: ({ balance }) => (balance === 0n ? "0" : tokens(balance, token)) },
    { title: "in / out", cell: (book) => drawBars(inAndOut(book), greatest) },
    ...accountColumns(accounts, token).map(asCell),
  ];
  const shown = accounts.slice(0, MAX_ACCOUNTS);
  return html`<h2>Money of each account</h2>
<p class="soft">Came in: deposited + earned + claimed + fees. Left: paid + withdrawn + released. The difference is the balance, by the replay.</p>
${drawTable(columns, shown)}${drawRest(shown.length, accounts.length, "--json")}`;
}

/** Sums from payer to payee, greatest first. */
export function drawFlows({ flows }: Books, token: Token): Markup {
  const greatest = flows.top[0]?.amount;
  if (greatest === undefined) return html``;
  const shown = flows.top.slice(0, MAX_FLOWS);
  const rest = flows.top.slice(MAX_FLOWS).reduce((sum, { amount }) => sum + amount, flows.rest);
  return html`<h2>Who paid whom</h2>
${drawTable(
  [
    { title: "payer", cell: ({ payer }) => short(payer) },
    { title: "payee", cell: ({ payee }) => short(payee) },
    { title: "before fees", isNumber: true, cell: ({ amount }) => tokens(amount, token) },
    { title: "", cell: ({ amount }) => drawBars([{ amount, tone: "money" }], greatest) },
  ],
  shown,
)}${rest === 0n ? html`` : html`<p class="soft">All other pairs together: ${tokens(rest, token)}.</p>`}`;
}

function inAndOut(book: AccountBook): { amount: bigint; tone: string }[] {
  return [
    { amount: cameIn(book), tone: "money" },
    { amount: volumeOf(book) - cameIn(book), tone: "out" },
  ];
}

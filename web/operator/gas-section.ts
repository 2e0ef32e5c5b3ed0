import { html, type Markup } from "../kit/html.ts";
import { table } from "../kit/table.ts";
import { dayText, type GasDay } from "./gas-days.ts";

/** Where the gas of each day is, as CSV. */
export const GAS_PATH = "/operator/gas.csv";
/** Days of the table: its chart and its file have all of them. */
const ROWS = 14;

/** A script puts a chart in the place of the table, and keeps it up to date. */
export function gasSection(days: readonly GasDay[]): Markup {
  const columns = [
    { name: "Day (UTC)", cell: (one: GasDay) => dayText(one.day) },
    { name: "Settling", isNumber: true, cell: (one: GasDay) => one.settling.toLocaleString("en") },
    { name: "Relaying", isNumber: true, cell: (one: GasDay) => one.relaying.toLocaleString("en") },
    { name: "Transactions", isNumber: true, cell: (one: GasDay) => one.count.toLocaleString("en") },
  ];
  const rows = days.toReversed().slice(0, ROWS);
  return html`<section data-live="gas"><h2>Gas</h2>
<div id="gas"${days.length > 0 && html` data-from="${GAS_PATH}"`}>${table("Gas by day", columns, rows, "No transaction has ended yet.")}</div>
${days.length > 0 && html`<p class="all"><a href="${GAS_PATH}" download="floodgate-gas.csv">Download CSV</a></p>`}</section>`;
}

import type { BatchBook, Books } from "../books/books.ts";
import { printTime } from "../books/time-text.ts";
import type { TokenFacts } from "../facts/money-text.ts";
import type { Hex } from "../facts/primitives.ts";
import { batchColumns } from "./columns.ts";
import { drawColumns } from "./draw-figures.ts";
import { drawRest, drawTable } from "./draw-table.ts";
import { html, type Markup } from "./html.ts";
import { grouped, tokens } from "./printed.ts";

/** Columns of a figure: more batches share them. */
const MAX_COLUMNS = 60;
const MAX_ROWS = 200;

type Gas = ReadonlyMap<Hex, bigint>;

/** Batches in the order of the chain, drawn and as a table with the latest first. */
export function drawBatches({ batches }: Books, gas: Gas, token: TokenFacts): Markup {
  const [first, last] = [batches[0], batches.at(-1)];
  if (!first || !last) return html`<h2>Batches</h2><p>None was settled.</p>`;
  const axis = html`<div class="axis"><span>${printTime(first.time)}</span><span>${printTime(last.time)}</span></div>`;
  const columns = inColumns(batches);
  const money = columns.map((column) => sum(column.map(({ total }) => total)));
  const gasPerRow = columns.map((column) => Number(gasOf(column, gas)) / Math.max(rowsOf(column), 1));
  const all = rowsOf(batches);
  const used = gasOf(batches, gas);
  const shown = batches.slice(-MAX_ROWS).toReversed();
  return html`<h2>Batches</h2>
<figure><figcaption><span>Settled ${columns.length < batches.length ? "over time" : "by each batch"}</span><span class="soft">highest ${tokens(greatestOf(money), token)}</span></figcaption>
${drawColumns(
  columns.map((column, i) => ({
    value: Number(money[i]),
    title: `${nameOf(column)}: ${tokens(money[i] as bigint, token)}`,
  })),
  "money",
  "what batches settled, over time",
)}${axis}</figure>
<figure><figcaption><span>Gas per row</span><span class="soft">${grouped(used)} gas for ${grouped(all)} rows in all</span></figcaption>
${drawColumns(
  columns.map((column, i) => ({
    value: gasPerRow[i] as number,
    title: `${nameOf(column)}: ${grouped(Math.round(gasPerRow[i] as number))} gas per row`,
  })),
  "gas",
  "gas per row, over time",
)}${axis}</figure>
${drawTable(
  [
    ...batchColumns(token).map(({ text, ...column }) => ({ ...column, cell: text })),
    { title: "gas", isNumber: true, cell: ({ tx }) => grouped(gas.get(tx) ?? "?") },
    { title: "transaction", cell: ({ tx }) => html`<code title="${tx}">${tx.slice(0, 10)}…</code>` },
  ],
  shown,
)}${drawRest(shown.length, batches.length, "--json")}
<p class="soft">Gas is that of the whole transaction; batches of one transaction share it.</p>`;
}

function inColumns(batches: readonly BatchBook[]): BatchBook[][] {
  const perColumn = Math.ceil(batches.length / MAX_COLUMNS);
  const count = Math.ceil(batches.length / perColumn);
  return Array.from({ length: count }, (_, i) => batches.slice(i * perColumn, (i + 1) * perColumn));
}

function nameOf(column: readonly BatchBook[]): string {
  const [first, last] = [column[0] as BatchBook, column.at(-1) as BatchBook];
  return first === last ? `batch ${first.number}` : `batches ${first.number} to ${last.number}`;
}

function rowsOf(batches: readonly BatchBook[]): number {
  return batches.reduce((rows, batch) => rows + (batch.rows ?? 0), 0);
}

function gasOf(batches: readonly BatchBook[], gas: Gas): bigint {
  return sum([...new Set(batches.map(({ tx }) => tx))].map((tx) => gas.get(tx) ?? 0n));
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function greatestOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((most, amount) => (amount > most ? amount : most), 0n);
}

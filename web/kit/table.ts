import { html, type Markup, type Value } from "./html.ts";

export interface Column<T> {
  readonly name: string;
  /** Numbers stand at the right, in figures of one width. */
  readonly isNumber?: boolean;
  readonly cell: (row: T) => Value;
}

/** A table that scrolls by itself where the screen is narrow; `empty` stands in its place. */
export function table<T>(label: string, columns: readonly Column<T>[], rows: readonly T[], empty: string): Markup {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${columns.map(({ name, isNumber }) => html`<th scope="col" class="${isNumber ? "n" : "t"}">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) =>
    html`<tr>${columns.map(({ cell, isNumber }) => html`<td class="${isNumber ? "n" : "t"}">${cell(row)}</td>`)}</tr>
`,
)}
</tbody></table></div>`;
}

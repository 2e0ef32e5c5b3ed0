import { html, type Markup } from "./html.ts";

export interface TableColumn<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => Markup | string | number;
}

/** A table that scrolls where the screen is narrow. Numbers are aligned right, zeros are pale. */
export function drawTable<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): Markup {
  const heads = columns.map(({ title, isNumber }) => html`<th${classOf(isNumber)} scope="col">${title}</th>`);
  const lines = rows.map(
    (row) => html`<tr>${columns.map(({ cell, isNumber }) => drawCell(cell(row), isNumber))}</tr>
`,
  );
  return html`<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>
${lines}</tbody></table></div>`;
}

function drawCell(value: Markup | string | number, isNumber?: boolean): Markup {
  const isZero = isNumber === true && /^[0.,]*$/.test(String(value));
  return html`<td${classOf(isNumber, isZero)}>${value}</td>`;
}

function classOf(isNumber = false, isZero = false): Markup {
  if (!isNumber) return html``;
  return isZero ? html` class="n zero"` : html` class="n"`;
}

/** What a shortened list says about the rest. */
export function drawRest(shown: number, all: number, where: string): Markup {
  return shown >= all ? html`` : html`<p class="soft">${shown} of ${all} are shown: ${where} has all.</p>`;
}

import { html, type Markup } from "./html.ts";

/** The widest bar, in units of the drawing. */
const WIDTH = 100;
const COLUMN_GAP = 0.25;

interface Column {
  readonly value: number;
  /** The tooltip. */
  readonly title: string;
}

/** Columns as high as their values. The drawing is stretched, so texts belong to the page. */
export function drawColumns(columns: readonly Column[], tone: "money" | "gas", label: string): Markup {
  const greatest = Math.max(...columns.map(({ value }) => value), Number.MIN_VALUE);
  const rects = columns.map(({ value, title }, i) => {
    const height = round((value / greatest) * WIDTH);
    const width = round(1 - COLUMN_GAP);
    return html`<rect class="${tone}" x="${i + COLUMN_GAP / 2}" y="${round(WIDTH - height)}" width="${width}" height="${height}"><title>${title}</title></rect>`;
  });
  // A lone column would be as wide as the page.
  const width = Math.max(columns.length, 24);
  return html`<svg class="columns" viewBox="0 0 ${width} ${WIDTH}" preserveAspectRatio="none" role="img" aria-label="${label}">${rects}</svg>`;
}

/** One bar per part, above each other, all on the same scale. */
export function drawBars(
  parts: readonly { readonly amount: bigint; readonly tone: string }[],
  greatest: bigint,
): Markup {
  const height = 10 / parts.length;
  const rects = parts.map(({ amount, tone }, i) => {
    return html`<rect class="${tone}" y="${round(i * height)}" width="${shareOf(amount, greatest)}" height="${round(height - 1)}"/>`;
  });
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`;
}

/** Share of `WIDTH`, to a tenth. Small amounts stay visible. */
function shareOf(amount: bigint, greatest: bigint): number {
  if (amount <= 0n || greatest <= 0n) return 0;
  return Math.max(Number((amount * BigInt(WIDTH * 10)) / greatest) / 10, 0.5);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

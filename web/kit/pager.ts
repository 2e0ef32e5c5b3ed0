import { html, type Markup } from "./html.ts";

/** Links to the first, previous, next and last page. Nothing for a single page. */
export function pager(at: number, last: number, hrefOf: (page: number) => string): Markup | null {
  if (last <= 1) return null;
  const link = (page: number, name: string, rel: string | null, isThere: boolean): Markup =>
    isThere
      ? rel === null
        ? html`<a href="${hrefOf(page)}">${name}</a>`
        : html`<a href="${hrefOf(page)}" rel="${rel}">${name}</a>`
      : html`<span class="off">${name}</span>`;
  return html`<nav class="pager" aria-label="Pages">
${link(1, "First", null, at > 1)}
${link(at - 1, "Previous", "prev", at > 1)}
<span class="at">Page ${at} of ${last}</span>
${link(at + 1, "Next", "next", at < last)}
${link(last, "Last", null, at < last)}
</nav>`;
}

import { html, type Markup } from "./html.ts";

/** What the publisher's wallet has signed, and whose signature was checked. */
export function signedMark(): Markup {
  return html`<span class="signed"><span aria-hidden="true">✓</span> signed</span>`;
}

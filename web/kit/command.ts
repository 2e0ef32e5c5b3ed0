import { html, type Markup } from "./html.ts";

/** A command line to paste. The button is there for those with JavaScript only. */
export function command(text: string): Markup {
  return html`<div class="command"><pre tabindex="0"><code>${text}</code></pre><button type="button" data-copy hidden>Copy</button></div>`;
}

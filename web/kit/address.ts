import { html, type Markup } from "./html.ts";

/** An account or hash, with its middle left out for the eye. The whole is in its title. */
export function shortHex(hex: string): Markup {
  return hex.length <= 16
    ? html`<code class="hex">${hex}</code>`
    : html`<code class="hex" title="${hex}">${hex.slice(0, 6)}…${hex.slice(-4)}</code>`;
}

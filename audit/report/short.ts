import type { Address } from "../facts/primitives.ts";
import { html, type Markup } from "./html.ts";
import { brief } from "./printed.ts";

/** A shortened address; the tooltip shows all of it. */
export function short(address: Address): Markup {
  return html`<code title="${address}">${brief(address)}</code>`;
}

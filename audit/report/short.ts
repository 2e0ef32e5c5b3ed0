import type { Address } from "../facts/primitives.ts";
import { html, type Markup } from "./html.ts";

/** A shortened address; the tooltip shows all of it. */
export function short(address: Address): Markup {
  return html`<code title="${address}">${address.slice(0, 8)}…${address.slice(-6)}</code>`;
}

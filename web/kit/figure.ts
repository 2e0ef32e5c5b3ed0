import { html, type Markup, type Value } from "./html.ts";

/** One number of a desk, with what it is and what it has to be compared with. */
export function figure(name: string, value: Value, note: Value, state: "fine" | "bad" = "fine"): Markup {
  return html`<div class="stat ${state}"><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`;
}

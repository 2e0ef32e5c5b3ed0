import { html, type Markup, type Value } from "./html.ts";

/** Stands where there is nothing to show, or something went wrong: what it is, and what to do. */
export function notice(title: string, body: Value): Markup {
  return html`<section class="notice"><h2>${title}</h2>${body}</section>`;
}

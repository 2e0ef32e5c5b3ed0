import { html, type Markup } from "./html.ts";

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** A day, from seconds since 1970. */
export function day(seconds: number): Markup {
  const at = new Date(seconds * 1_000);
  return html`<time datetime="${at.toISOString()}">${DATE.format(at)}</time>`;
}

/** A minute, in UTC. */
export function moment(seconds: number): Markup {
  const at = new Date(seconds * 1_000);
  return html`<time datetime="${at.toISOString()}">${MOMENT.format(at)} UTC</time>`;
}

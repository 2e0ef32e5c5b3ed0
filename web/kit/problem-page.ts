import { html } from "./html.ts";
import { notice } from "./notice.ts";
import { page } from "./page.ts";
import type { Site } from "./site.ts";

/** What a visitor sees instead of a page: what is wrong, and the code that the API gives for it. */
export function problemPage(site: Site, problem: { title: string; detail: string; code: string }): string {
  const { title, detail, code } = problem;
  return page(site, {
    title: `${title} - Floodgate`,
    description: title,
    canonical: null,
    place: null,
    body: html`<h1>${title}</h1>
${notice(detail, html`<p class="soft">${code}</p><p><a href="/">Back to the contents</a></p>`)}`,
  });
}

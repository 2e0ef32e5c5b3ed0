import { html } from "../kit/html.ts";
import { page } from "../kit/page.ts";
import type { Site } from "../kit/site.ts";

/**
 * Asks for the operator secret, or by its script for the wallet of the owner.
 * `problem`: why the last one was not taken.
 */
export function loginPage(site: Site, problem: string | null): string {
  const { operator } = site.assets;
  return page(site, {
    title: "Operator - Floodgate",
    description: "For the people who run this authority.",
    canonical: null,
    place: "operator",
    scripts: operator === null ? [] : [operator],
    body: html`<div class="lead"><h1>Operator</h1><p>For the people who run this authority.</p></div>
<form class="login card" action="/operator/login" method="post">
<label for="secret">Operator secret</label>
<input id="secret" name="secret" type="password" autocomplete="current-password" maxlength="256" required${problem === null ? null : html` aria-invalid="true" aria-describedby="problem"`}>
${problem === null ? null : html`<p class="bad" id="problem" role="alert">${problem}</p>`}
<button class="main" type="submit">Log in</button>
<p>It is in the file <code>operator-secret</code> of the authority's home. The login ends after twelve hours, and when
the authority starts anew.</p>
</form>
${operator === null ? null : html`<div id="owner"></div>`}`,
  });
}

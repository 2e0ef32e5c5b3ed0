import { html } from "../kit/html.ts";
import { notice } from "../kit/notice.ts";
import { page } from "../kit/page.ts";
import type { Site } from "../kit/site.ts";

/** The frame of the account's page. Its script (app/) asks the wallet and the API for the rest. */
export function accountPage(site: Site): string {
  const { account } = site.assets;
  return page(site, {
    title: "Account - Floodgate",
    description: "Your money: where each amount is, why, and what comes next.",
    canonical: null,
    place: "account",
    scripts: account === null ? [] : [account],
    body: html`<div class="lead"><h1>Account</h1><p>Your money: where each amount is, why, and what comes next.</p></div>
${
  account === null
    ? notice(
        "This page has no script",
        html`<p>The authority was started without built pages. <code>floodgate authority start</code> builds them.</p>`,
      )
    : html`<div id="account"></div>
<noscript>${notice("This page talks to your wallet", html`<p>Wallets speak to pages by JavaScript, so it must be on here. On the command line <code>floodgate balance</code> shows the same.</p>`)}</noscript>`
}`,
  });
}

import { html } from "../kit/html.ts";
import { notice } from "../kit/notice.ts";
import { page } from "../kit/page.ts";
import type { Site } from "../kit/site.ts";
import { AUDIT_LEAD } from "./lead.ts";

/** The frame of the auditor's page. Its script (app/) checks the history in a worker. */
export function auditPage(site: Site): string {
  const { audit, auditWorker } = site.assets;
  return page(site, {
    title: "Auditor - Floodgate",
    description: "Check every payment of this authority in your own browser, with any node of the chain.",
    canonical: "/audit",
    place: "audit",
    scripts: audit === null ? [] : [audit],
    body: html`${AUDIT_LEAD}
${
  audit === null || auditWorker === null
    ? notice(
        "This page has no script",
        html`<p>The authority was started without built pages. <code>floodgate authority start</code> builds them.</p>`,
      )
    : html`<div id="audit" data-worker="${auditWorker}" data-contract="${site.contract}" data-chain="${site.chainId}"></div>
<noscript>${notice("This page computes", html`<p>It replays a history by JavaScript, so that must be on here. On the command line <code>floodgate audit run</code> does the same.</p>`)}</noscript>`
}`,
  });
}

import { html } from "../kit/html.ts";

/** What the auditor's page is, above its form. */
export const AUDIT_LEAD = html`<div class="lead"><h1>Auditor</h1>
<p>Replays every payment from the chain's own records, in this browser, with code that shares nothing with the
authority's. Only the node that you name is asked.</p></div>`;

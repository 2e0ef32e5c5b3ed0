import { html } from "../kit/html.ts";
import { AUDIT_LEAD } from "./lead.ts";

/** What an authority says in headers, as far as a page can say it of itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types floodgate-auditor",
].join("; ");

/** Names of files beside the page. */
export interface StaticFiles {
  readonly style: string;
  readonly mark: string;
  readonly scripts: readonly [page: string, worker: string];
}

/** The auditor's page of nobody's authority: whoever hosts it has no part in what it finds. */
export function staticAuditPage({ style, mark, scripts: [script, worker] }: StaticFiles): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Floodgate auditor</title>
<link rel="icon" href="${mark}" type="image/svg+xml">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<header class="masthead"><span class="brand"><img src="${mark}" alt="" width="28" height="28"> Floodgate</span></header>
<main id="main">
${AUDIT_LEAD}
<div id="audit" data-worker="${worker}"></div>
<noscript><p>This page computes: JavaScript must be on here. On the command line <code>floodgate audit run</code> does the same.</p></noscript>
</main>
</body>
</html>
`.text;
}

import { html } from "../kit/html.ts";
import { notice } from "../kit/notice.ts";
import type { Assets } from "../kit/site.ts";

/** The frame of a running peer's page. Its script (app/) asks the peer for the rest. */
export function peerPage({
  style,
  mark,
  script,
}: Pick<Assets, "style" | "mark"> & { readonly script: string }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Floodgate peer</title>
<meta name="robots" content="noindex, nofollow">
<meta name="theme-color" content="#f6f7f4" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1514" media="(prefers-color-scheme: dark)">
<link rel="icon" href="${mark}" type="image/svg+xml">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="masthead">
<a class="brand" href="#/"><img src="${mark}" alt="" width="28" height="28"> Floodgate peer</a>
<div id="link"></div>
</header>
<main id="main">
<h1 class="unseen">This peer</h1>
<div id="peer"></div>
<noscript>${notice("This page needs JavaScript", html`<p>It follows your peer while it works. On the command line <code>floodgate peer top</code> shows the same.</p>`)}</noscript>
</main>
</body>
</html>
`.text;
}

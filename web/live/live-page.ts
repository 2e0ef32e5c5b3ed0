import { html, type Markup } from "../kit/html.ts";
import { notice } from "../kit/notice.ts";

export interface LiveFrame {
  /** Paths of what the page loads. */
  readonly styles: readonly string[];
  readonly mark: string;
  /** Null: it is being built. */
  readonly script: string | null;
  /** Of the desk's forms; null: this browser may look only. */
  readonly formToken: string | null;
}

/** The frame of the demo's live page. Its script (app/) listens to what happens, and draws it. */
export function livePage({ styles, mark, script, formToken }: LiveFrame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo live - Floodgate</title>
<meta name="robots" content="noindex">
<meta name="theme-color" content="#f6f7f4" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1514" media="(prefers-color-scheme: dark)">
${script === null && html`<meta http-equiv="refresh" content="2">`}
<link rel="icon" href="${mark}" type="image/svg+xml">
${styles.map((path) => html`<link rel="stylesheet" href="${path}">`)}
${script !== null && html`<script type="module" src="${script}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="masthead">
<a class="brand" href="/"><img src="${mark}" alt="" width="28" height="28"> Floodgate</a>
<nav aria-label="Site"><a href="/" aria-current="page">Demo live</a></nav>
</header>
<main id="main">
<div class="lead"><h1>The demo, live</h1>
<p>Real processes on this machine: what they say, what they store, and what the chain has.</p></div>
${
  script === null
    ? waiting()
    : html`<div id="live" data-token="${formToken}"></div>
<noscript>${notice("This page listens to the demo", html`<p>That takes JavaScript, so it must be on here. The terminal says the same in words.</p>`)}</noscript>`
}
</main>
</body>
</html>
`.text;
}

function waiting(): Markup {
  return notice(
    "The network is starting",
    html`<p>Chain, contract, authority and tracker come first. This page looks again by itself.</p>`,
  );
}

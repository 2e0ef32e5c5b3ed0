import { html, type Markup } from "./html.ts";
import type { Site } from "./site.ts";

export interface PageFacts {
  readonly title: string;
  /** One or two sentences, for search engines and for those who share the link. */
  readonly description: string;
  /** Its one address, from the slash; null: robots should not list it. */
  readonly canonical: string | null;
  /** Which entry of the navigation it is. */
  readonly place: "contents" | "operator" | "account" | "audit" | null;
  /** Scripts of the site, by their paths. */
  readonly scripts?: readonly string[];
  readonly body: Markup;
}

/** Everything around a page's body. It loads nothing from elsewhere, and runs nothing inline. */
export function page(site: Site, { title, description, canonical, place, scripts = [], body }: PageFacts): string {
  const { assets, token, feeBps, contract, chainId } = site;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
${canonical === null ? html`<meta name="robots" content="noindex, follow">` : shared(site, { title, description, canonical })}
<meta name="theme-color" content="#f6f7f4" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1514" media="(prefers-color-scheme: dark)">
<link rel="icon" href="${assets.mark}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style}">
<link rel="alternate" type="application/atom+xml" title="New contents" href="/feed.atom">
${scripts.map((path) => html`<script type="module" src="${path}"></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="masthead">
<a class="brand" href="/"><img src="${assets.mark}" alt="" width="28" height="28"> Floodgate</a>
<nav aria-label="Site">
${entry("/", "Contents", place === "contents")}
${entry("/account", "Account", place === "account")}
${entry("/audit", "Auditor", place === "audit")}
${entry("/operator", "Operator", place === "operator")}
<a class="minor" href="/feed.atom">Feed</a>
</nav>
</header>
<main id="main">
${body}
</main>
<footer class="colophon">
<p>Prices are in ${token.symbol}. Of each payment, ${share(10_000 - feeBps)} goes to the peer that uploaded the
piece, and ${share(feeBps)} to the operator.</p>
<p>Settled by contract <code>${contract}</code> on chain ${chainId}. <a href="/openapi.json">API</a></p>
</footer>
</body>
</html>
`.text;
}

function shared(
  { url }: Site,
  { title, description, canonical }: Pick<PageFacts, "title" | "description" | "canonical">,
) {
  return html`<link rel="canonical" href="${url}${canonical}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="Floodgate">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${url}${canonical}">`;
}

function entry(href: string, name: string, isHere: boolean): Markup {
  return isHere ? html`<a href="${href}" aria-current="page">${name}</a>` : html`<a href="${href}">${name}</a>`;
}

/** Hundredths of a percent, as people write them. */
function share(bps: number): string {
  return `${(bps / 100).toString()} %`;
}

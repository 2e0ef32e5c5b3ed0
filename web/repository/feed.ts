import { formatAmount, formatBytes } from "../../protocol/base/units.ts";
import { html, type Markup } from "../kit/html.ts";
import type { Site } from "../kit/site.ts";
import { type Content, wholePrice } from "./content.ts";
import { contentPath, metainfoPath } from "./links.ts";

/** The newest contents as an Atom feed (RFC 4287). `now`: seconds since 1970, for an empty feed. */
export function atomFeed(site: Site, contents: readonly Content[], now: number): string {
  const { url } = site;
  const [newest] = contents;
  return html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>Floodgate: new contents</title>
<id>${url}/feed.atom</id>
<updated>${iso(newest?.publishedAt ?? now)}</updated>
<link rel="self" type="application/atom+xml" href="${url}/feed.atom"/>
<link rel="alternate" type="text/html" href="${url}/"/>
${contents.map((content) => entry(site, content))}
</feed>
`.text;
}

function entry({ url, token }: Site, content: Content): Markup {
  const { infoHash, title, publisher, publishedAt, sizeBytes, tags } = content;
  const whole = wholePrice(content);
  const cost = whole === 0n ? "free" : `${formatAmount(whole, token.decimals)} ${token.symbol} for the whole`;
  return html`<entry>
<title>${title}</title>
<id>urn:btih:${infoHash}</id>
<published>${iso(publishedAt)}</published>
<updated>${iso(publishedAt)}</updated>
<author><name>${publisher}</name></author>
<link rel="alternate" type="text/html" href="${url}${contentPath(infoHash)}"/>
<link rel="enclosure" type="application/x-bittorrent" href="${url}${metainfoPath(infoHash)}"/>
${tags.map((tag) => html`<category term="${tag}"/>`)}
<summary>${formatBytes(sizeBytes)}, ${cost}</summary>
</entry>`;
}

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

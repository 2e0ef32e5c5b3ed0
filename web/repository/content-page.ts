import { splitPrice } from "../../protocol/base/publisher-share.ts";
import { formatAmount, formatBytes } from "../../protocol/base/units.ts";
import type { MetainfoFile } from "../../protocol/bittorrent/file-list.ts";
import type { TorrentDetail } from "../../protocol/http/listings.ts";
import { command } from "../kit/command.ts";
import { html, type Markup } from "../kit/html.ts";
import { money, price } from "../kit/money.ts";
import { page } from "../kit/page.ts";
import { signedMark } from "../kit/signed-mark.ts";
import type { Site } from "../kit/site.ts";
import { swarm } from "../kit/swarm.ts";
import { moment } from "../kit/time.ts";
import { type Content, wholePrice } from "./content.ts";
import { contentPath, magnetLink, metainfoPath, tagPath } from "./links.ts";

export interface ContentDetail {
  readonly content: Content;
  /** The first of its files; null: they cannot be read now. */
  readonly files: readonly MetainfoFile[] | null;
  readonly fileCount: number;
  readonly trackerUrl: string;
  readonly said: Said;
}

/** What the publisher says of it. */
export type Said = Pick<TorrentDetail, "listing" | "replacedBy" | "isSponsored">;

/** One content: what it is, what it costs, who has it, and how to get it. */
export function contentPage(site: Site, detail: ContentDetail): string {
  const { content } = detail;
  const { title, sizeBytes, infoHash, seeders } = content;
  const whole = wholePrice(content);
  const cost = whole === 0n ? "free" : `${formatAmount(whole, site.token.decimals)} ${site.token.symbol}`;
  return page(site, {
    title: `${title} - Floodgate`,
    description: `${formatBytes(sizeBytes)}, ${cost} for the whole, ${seeders === 1 ? "1 seeder" : `${seeders} seeders`} now.`,
    canonical: contentPath(infoHash),
    place: "contents",
    scripts: [site.assets.copy],
    body: html`<p class="crumbs"><a href="/">Contents</a></p>
<h1 dir="auto">${title}</h1>
${saidOf(detail.said)}
<div class="detail">
<div>
${getIt(detail)}
${fileTable(detail)}
</div>
<aside aria-label="Price and facts">
${priceCard(site, content, detail.said)}
${factList(content, detail.said)}
</aside>
</div>`,
  });
}

function saidOf({ listing, replacedBy }: Said): Markup {
  const { description = "", tags = [] } = listing ?? {};
  return html`${replacedBy !== null && html`<p><a href="${contentPath(replacedBy)}">There is a newer version.</a></p>`}
${description !== "" && html`<p class="said" dir="auto">${description}</p>`}
${tags.length > 0 && html`<ul class="tags" aria-label="Tags">${tags.map((tag) => html`<li><a href="${tagPath(tag)}" rel="tag"><bdi>${tag}</bdi></a></li>`)}</ul>`}`;
}

function priceCard({ token, feeBps }: Site, content: Content, { isSponsored }: Said): Markup {
  const whole = wholePrice(content);
  const perGiB = BigInt(content.pricePerGiB);
  if (perGiB === 0n)
    return html`<section class="card price"><h2>Price</h2><p class="figure">${price(0n, token)}</p>
<p>Any BitTorrent client can download it.</p></section>`;
  const { sharePercent } = content;
  const { publisher: share } = splitPrice(whole, sharePercent);
  const feeOf = (part: bigint): bigint => (part * BigInt(feeBps)) / 10_000n;
  const fee = feeOf(share) + feeOf(whole - share);
  return html`<section class="card price"><h2>Price of the whole</h2>
<p class="figure">${money(whole, token, { withSymbol: true })}</p>
<dl class="sums">
<div><dt>per GiB</dt><dd>${money(perGiB, token)}</dd></div>
<div><dt>to the peers that upload</dt><dd>${money(whole - share - feeOf(whole - share), token)}</dd></div>
${sharePercent > 0 && html`<div><dt>to the publisher, ${sharePercent} %</dt><dd>${money(share - feeOf(share), token)}</dd></div>`}
<div><dt>to the operator</dt><dd>${money(fee, token)}</dd></div>
</dl>
${isSponsored && html`<p>A sponsor pays for you: <code>floodgate get --sponsored</code></p>`}
<p>You pay piece by piece, and only for pieces whose hash is right.</p></section>`;
}

function factList(content: Content, { listing }: Said): Markup {
  const { infoHash, sizeBytes, pieceLength, pieceCount, publisher, publishedAt } = content;
  return html`<section class="card"><h2>Facts</h2><dl class="facts">
<div><dt>swarm now</dt><dd>${swarm(content)}</dd></div>
<div><dt>size</dt><dd>${formatBytes(sizeBytes)} <span class="soft">(${sizeBytes.toLocaleString("en")} bytes)</span></dd></div>
<div><dt>pieces</dt><dd>${pieceCount.toLocaleString("en")} of ${formatBytes(pieceLength)}</dd></div>
<div><dt>published</dt><dd>${moment(publishedAt)}</dd></div>
<div><dt>by account</dt><dd><code class="hex">${publisher}</code></dd></div>
<div><dt>signed</dt><dd>${
    listing === null
      ? "no: only this page says so"
      : html`${signedMark()} by that account's wallet, ${moment(listing.signedAt)}`
  }</dd></div>
${listing !== null && listing.licence !== "" && html`<div><dt>licence</dt><dd>${listing.licence}</dd></div>`}
${listing !== null && listing.replaces !== null && html`<div><dt>replaces</dt><dd><a href="${contentPath(listing.replaces)}"><code class="hex">${listing.replaces}</code></a></dd></div>`}
<div><dt>infohash</dt><dd><code class="hex">${infoHash}</code></dd></div>
</dl></section>`;
}

function getIt({ content, trackerUrl }: ContentDetail): Markup {
  const { infoHash, pricePerGiB } = content;
  const isFree = pricePerGiB === "0";
  return html`<section class="get"><h2>Get it</h2>
${command(`floodgate get ${infoHash} --out .`)}
<p class="actions"><a class="button" href="${metainfoPath(infoHash)}" download>Download .torrent</a>
<a class="button" href="${magnetLink(content, trackerUrl)}">Magnet link</a></p>
<p class="soft">${
    isFree
      ? "The file and the link work in any BitTorrent client."
      : "Peers serve paid content to accounts that pay. Other clients find the swarm by the file or the link, and are not served."
  }</p></section>`;
}

function fileTable({ files, fileCount }: ContentDetail): Markup {
  if (files === null)
    return html`<section><h2>Files</h2><p class="soft">The list of files cannot be read now. It is in the .torrent file.</p></section>`;
  const left = fileCount - files.length;
  return html`<section><h2>Files <span class="soft">${fileCount.toLocaleString("en")}</span></h2>
<table class="plain files"><thead><tr><th scope="col">Name</th><th scope="col" class="n">Size</th></tr></thead><tbody>
${files.map(({ path, sizeBytes }) => html`<tr><th scope="row">${path}</th><td class="n">${formatBytes(sizeBytes)}</td></tr>`)}
</tbody></table>
${left > 0 && html`<p class="soft">and ${left.toLocaleString("en")} more, which the .torrent file lists.</p>`}</section>`;
}

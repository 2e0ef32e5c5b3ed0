import { formatBytes } from "../../protocol/base/units.ts";
import { shortHex } from "../kit/address.ts";
import { command } from "../kit/command.ts";
import { html, type Markup } from "../kit/html.ts";
import { price } from "../kit/money.ts";
import { notice } from "../kit/notice.ts";
import { page } from "../kit/page.ts";
import { pager } from "../kit/pager.ts";
import { signedMark } from "../kit/signed-mark.ts";
import type { Site } from "../kit/site.ts";
import { swarm } from "../kit/swarm.ts";
import { day } from "../kit/time.ts";
import { type Content, wholePrice } from "./content.ts";
import { contentPath, type ListPlace, listPath, ORDERS, type Order } from "./links.ts";

export interface ContentList {
  readonly place: ListPlace;
  readonly contents: readonly Content[];
  /** In all, counted up to `countedTo`. */
  readonly count: number;
  readonly countedTo: number;
  readonly pageSize: number;
  /** Those that most contents have. */
  readonly tags: readonly string[];
}

const ORDER_NAMES: Readonly<Record<Order, string>> = {
  new: "Newest",
  seeders: "Most seeders",
  size: "Largest",
  price: "Cheapest",
};

/** The list of published contents: search, order, pages. */
export function listPage(site: Site, list: ContentList): string {
  const { place, contents, count } = list;
  const sought = place.query === "" ? place.tag : place.query;
  const title = sought === "" ? "Floodgate: contents" : `${sought} - Floodgate`;
  const last = Math.max(1, Math.ceil(count / list.pageSize));
  const isPlain = sought === "" && place.order === "new";
  const body = html`<div class="lead">
<h1>Contents</h1>
<p>Every piece is paid to the peer that uploads it. Search, look at the price, and get it with one command.</p>
</div>
${searchForm(place)}
${tagBar(list)}
${contents.length === 0 ? nothing(place, count) : [found(list), table(site, contents), pages(place, last)]}`;
  return page(site, {
    title,
    description: "Contents that peers deliver, and what each costs as a whole. Every piece is paid to its uploader.",
    canonical: isPlain && contents.length > 0 ? listPath(place) : null,
    place: "contents",
    scripts: contents.length === 0 ? [site.assets.copy] : [],
    body,
  });
}

/** Tags to choose from, and the one that is chosen. */
function tagBar({ place, tags }: ContentList): Markup | null {
  const shown = place.tag === "" || tags.includes(place.tag) ? tags : [place.tag, ...tags];
  if (shown.length === 0) return null;
  const links = shown.map((tag) =>
    tag === place.tag
      ? html`<li><a href="${listPath({ ...place, tag: "", page: 1 })}" aria-current="true" title="Show all tags"><bdi>${tag}</bdi></a></li>`
      : html`<li><a href="${listPath({ ...place, tag, page: 1 })}"><bdi>${tag}</bdi></a></li>`,
  );
  return html`<nav aria-label="Tags"><ul class="tags">${links}</ul></nav>`;
}

function searchForm({ query, tag, order }: ListPlace): Markup {
  return html`<form class="search" role="search" action="/" method="get">
<label class="unseen" for="q">Search titles and tags</label>
<input id="q" name="q" type="search" value="${query}" maxlength="200" placeholder="Search titles and tags" autocomplete="off">
${tag === "" ? null : html`<input type="hidden" name="tag" value="${tag}">`}
${order === "new" ? null : html`<input type="hidden" name="sort" value="${order}">`}
<button type="submit">Search</button>
</form>`;
}

function found({ place, count, countedTo }: ContentList): Markup {
  const many = count >= countedTo ? `more than ${countedTo.toLocaleString("en")}` : count.toLocaleString("en");
  const what = count === 1 ? "content" : "contents";
  const orders = ORDERS.map((order) => {
    const href = listPath({ ...place, order, page: 1 });
    return order === place.order
      ? html`<a href="${href}" aria-current="true">${ORDER_NAMES[order]}</a>`
      : html`<a href="${href}">${ORDER_NAMES[order]}</a>`;
  });
  return html`<div class="bar">
<p>${many} ${what}${place.tag === "" ? null : html` tagged <q>${place.tag}</q>`}${place.query === "" ? null : html` with <q>${place.query}</q> in title or tags. <a href="${listPath({ ...place, query: "", page: 1 })}">Show all</a>`}</p>
<nav class="orders" aria-label="Order">${orders}</nav>
</div>`;
}

function table({ token }: Site, contents: readonly Content[]): Markup {
  return html`<table class="contents">
<thead><tr><th scope="col">Title</th><th scope="col">In the swarm now</th><th scope="col" class="n">Size</th>
<th scope="col" class="n">${token.symbol} per GiB</th><th scope="col" class="n">Price of the whole</th></tr></thead>
<tbody>
${contents.map((content) => row(content, token))}
</tbody>
</table>`;
}

function row(content: Content, token: Site["token"]): Markup {
  const { infoHash, title, sizeBytes, pricePerGiB, publisher, publishedAt, isSigned } = content;
  const perGiB = BigInt(pricePerGiB);
  return html`<tr>
<th scope="row"><a href="${contentPath(infoHash)}" dir="auto">${title}</a><small>${day(publishedAt)} by ${shortHex(publisher)}${isSigned && html` ${signedMark()}`}</small></th>
<td class="peers">${swarm(content)}</td>
<td class="n size">${formatBytes(sizeBytes)}</td>
<td class="n rate">${perGiB === 0n ? html`<span class="soft">-</span>` : price(perGiB, token)}</td>
<td class="n whole">${price(wholePrice(content), token, { withSymbol: true })}</td>
</tr>`;
}

function pages(place: ListPlace, last: number): Markup {
  return html`${pager(place.page, last, (number) => listPath({ ...place, page: number }))}`;
}

function nothing({ page: at, ...place }: ListPlace, count: number): Markup {
  const { query, tag } = place;
  if (count > 0)
    return notice(
      `There is no page ${at}`,
      html`<p>The list has become shorter. <a href="${listPath({ ...place, page: 1 })}">Go to its first page</a>.</p>`,
    );
  if (query !== "")
    return notice(
      "Nothing found",
      html`<p>No title and no tag has <q>${query}</q> in it${tag === "" ? null : html` among those tagged <q>${tag}</q>`}. Try fewer or shorter words, or <a href="/">look at everything</a>.</p>`,
    );
  if (tag !== "")
    return notice("Nothing found", html`<p>Nothing is tagged <q>${tag}</q>. <a href="/">Look at everything</a>.</p>`);
  return notice(
    "Nothing is published here yet",
    html`<p>Be the first. This makes a torrent of a file, publishes it at a price per GiB, and serves it:</p>
${command("floodgate publish FILE --price 1.00")}
${command("floodgate seed INFOHASH --file FILE")}`,
  );
}

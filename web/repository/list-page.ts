import { formatBytes } from "../../protocol/base/units.ts";
import { shortHex } from "../kit/address.ts";
import { command } from "../kit/command.ts";
import { html, type Markup } from "../kit/html.ts";
import { price } from "../kit/money.ts";
import { notice } from "../kit/notice.ts";
import { page } from "../kit/page.ts";
import { pager } from "../kit/pager.ts";
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
  const title = place.query === "" ? "Floodgate: contents" : `${place.query} - Floodgate`;
  const last = Math.max(1, Math.ceil(count / list.pageSize));
  const isPlain = place.query === "" && place.order === "new";
  const body = html`<div class="lead">
<h1>Contents</h1>
<p>Every piece is paid to the peer that uploads it. Search, look at the price, and get it with one command.</p>
</div>
${searchForm(place)}
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

function searchForm({ query, order }: ListPlace): Markup {
  return html`<form class="search" role="search" action="/" method="get">
<label class="unseen" for="q">Search titles</label>
<input id="q" name="q" type="search" value="${query}" maxlength="200" placeholder="Search titles" autocomplete="off">
${order === "new" ? null : html`<input type="hidden" name="sort" value="${order}">`}
<button type="submit">Search</button>
</form>`;
}

function found({ place, count, countedTo }: ContentList): Markup {
  const many = count >= countedTo ? `more than ${countedTo.toLocaleString("en")}` : count.toLocaleString("en");
  const what = count === 1 ? "content" : "contents";
  const orders = ORDERS.map((order) => {
    const href = listPath({ query: place.query, order, page: 1 });
    return order === place.order
      ? html`<a href="${href}" aria-current="true">${ORDER_NAMES[order]}</a>`
      : html`<a href="${href}">${ORDER_NAMES[order]}</a>`;
  });
  return html`<div class="bar">
<p>${many} ${what}${place.query === "" ? null : html` with <q>${place.query}</q> in the title. <a href="${listPath({ ...place, query: "", page: 1 })}">Show all</a>`}</p>
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
  const { infoHash, title, sizeBytes, pricePerGiB, publisher, publishedAt } = content;
  const perGiB = BigInt(pricePerGiB);
  return html`<tr>
<th scope="row"><a href="${contentPath(infoHash)}">${title}</a><small>${day(publishedAt)} by ${shortHex(publisher)}</small></th>
<td class="peers">${swarm(content)}</td>
<td class="n size">${formatBytes(sizeBytes)}</td>
<td class="n rate">${perGiB === 0n ? html`<span class="soft">-</span>` : price(perGiB, token)}</td>
<td class="n whole">${price(wholePrice(content), token, { withSymbol: true })}</td>
</tr>`;
}

function pages(place: ListPlace, last: number): Markup {
  return html`${pager(place.page, last, (number) => listPath({ ...place, page: number }))}`;
}

function nothing({ query, order, page: at }: ListPlace, count: number): Markup {
  if (count > 0)
    return notice(
      `There is no page ${at}`,
      html`<p>The list has become shorter. <a href="${listPath({ query, order, page: 1 })}">Go to its first page</a>.</p>`,
    );
  if (query !== "")
    return notice(
      "Nothing found",
      html`<p>No title has <q>${query}</q> in it. Try fewer or shorter words, or <a href="/">look at everything</a>.</p>`,
    );
  return notice(
    "Nothing is published here yet",
    html`<p>Be the first. This makes a torrent of a file, publishes it at a price per GiB, and serves it:</p>
${command("floodgate publish FILE --price 1.00")}
${command("floodgate seed INFOHASH --file FILE")}`,
  );
}

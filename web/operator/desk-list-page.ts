import { html, type Markup } from "../kit/html.ts";
import { notice } from "../kit/notice.ts";
import { page } from "../kit/page.ts";
import { pager } from "../kit/pager.ts";
import type { Site } from "../kit/site.ts";
import { actionTable } from "./desk-actions.ts";
import type { DeskFacts } from "./desk-facts.ts";
import { accountTable, batchTable, contentTable } from "./desk-tables.ts";

/** Lists of the desk that have pages of their own. The desk itself shows the newest of each. */
export const DESK_LISTS = ["accounts", "contents", "batches", "log"] as const;
export type DeskListName = (typeof DESK_LISTS)[number];

/** One page of one list. */
export type DeskList =
  | { readonly name: "accounts"; readonly rows: DeskFacts["accounts"] }
  | { readonly name: "contents"; readonly rows: DeskFacts["contents"] }
  | { readonly name: "batches"; readonly rows: DeskFacts["batches"] }
  | { readonly name: "log"; readonly rows: DeskFacts["actions"] };

export interface DeskListPlace {
  /** Of all pages. */
  readonly count: number;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

const TITLES: Readonly<Record<DeskListName, string>> = {
  accounts: "Accounts",
  contents: "Contents",
  batches: "Batches",
  log: "Log of actions",
};

export function deskListPath(name: DeskListName, page = 1): string {
  return page === 1 ? `/operator/${name}` : `/operator/${name}?page=${page}`;
}

/** All rows of one list, a page at a time, the newest first. */
export function deskListPage(site: Site, list: DeskList, { count, page: at, pageSize }: DeskListPlace): string {
  const title = TITLES[list.name];
  const isPast = list.rows.length === 0 && at > 1;
  return page(site, {
    title: `${title} - Operator's desk - Floodgate`,
    description: `${title} of this authority.`,
    canonical: null,
    place: "operator",
    scripts: [site.assets.refresh],
    body: html`<p class="crumbs"><a href="/operator">Operator's desk</a></p>
<h1>${title} <span class="soft">${count.toLocaleString("en")}</span></h1>
<section class="whole-list" data-live="list">${isPast ? nothing(list.name, at) : tableOf(list, site.token)}</section>
${pager(at, Math.ceil(count / pageSize), (number) => deskListPath(list.name, number))}`,
  });
}

function nothing(name: DeskListName, at: number): Markup {
  return notice(`There is no page ${at}`, html`<p><a href="${deskListPath(name)}">Go to the first page</a>.</p>`);
}

function tableOf(list: DeskList, token: Site["token"]): Markup {
  switch (list.name) {
    case "accounts":
      return accountTable(list.rows, token);
    case "contents":
      return contentTable(list.rows, token);
    case "batches":
      return batchTable(list.rows, token);
    case "log":
      return actionTable(list.rows);
  }
}

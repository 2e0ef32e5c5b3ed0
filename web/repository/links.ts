/** Orders of the repository's list, as its addresses name them. */
export const ORDERS = ["new", "seeders", "size", "price"] as const;
export type Order = (typeof ORDERS)[number];

export interface ListPlace {
  /** As the visitor typed it. */
  readonly query: string;
  /** Exactly as publishers write it; "": any. */
  readonly tag: string;
  readonly order: Order;
  /** From 1. */
  readonly page: number;
}

/** The address of a page of the list. What is usual is left out: one place has one address. */
export function listPath({ query, tag, order, page }: ListPlace): string {
  const search = new URLSearchParams();
  if (query !== "") search.set("q", query);
  if (tag !== "") search.set("tag", tag);
  if (order !== "new") search.set("sort", order);
  if (page > 1) search.set("page", String(page));
  return search.size === 0 ? "/" : `/?${search}`;
}

/** The newest contents with this tag. */
export function tagPath(tag: string): string {
  return listPath({ query: "", tag, order: "new", page: 1 });
}

export function contentPath(infoHash: string): string {
  return `/contents/${infoHash}`;
}

export function metainfoPath(infoHash: string): string {
  return `/v1/torrents/${infoHash}/metainfo`;
}

/** BEP 9, with the authority's tracker. */
export function magnetLink({ infoHash, title }: { infoHash: string; title: string }, trackerUrl: string): string {
  return `magnet:?xt=urn:btih:${infoHash}&dn=${encodeURIComponent(title)}&tr=${encodeURIComponent(trackerUrl)}`;
}

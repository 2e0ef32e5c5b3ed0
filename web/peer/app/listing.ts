import type { ContentJson } from "../../../protocol/http/peer.ts";

/** Which contents the list shows, and in which order. */

export type Filter = "all" | "needs-you" | "downloading" | "seeding" | "paused";

export const FILTERS: readonly (readonly [Filter, string])[] = [
  ["all", "All"],
  ["needs-you", "Needs you"],
  ["downloading", "Downloading"],
  ["seeding", "Seeding"],
  ["paused", "Resting"],
];

const RANKS: Readonly<Record<ContentJson["state"], number>> = {
  ...{ failed: 0, downloading: 2, checking: 3, caching: 4, seeding: 4, paused: 5, limited: 5 },
};

/** It goes on only when its owner does something. A rest is what its owner has chosen. */
export function needsOwner({ state, reasons }: ContentJson): boolean {
  return state !== "paused" && reasons.some(({ isBlocking }) => isBlocking);
}

function matches(content: ContentJson, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "needs-you":
      return needsOwner(content);
    case "downloading":
      return content.state === "downloading" || content.state === "checking";
    case "paused":
      return content.state === "paused" || content.state === "limited";
    case "seeding":
      return content.state === "seeding" || content.state === "caching";
    default:
      return content.state === filter;
  }
}

/** By state, then by title: rates change, and rows must not jump. */
export function choose(contents: Iterable<ContentJson>, filter: Filter, query: string): ContentJson[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (content: ContentJson): number => (needsOwner(content) ? 1 : RANKS[content.state]);
  return [...contents]
    .filter((content) => matches(content, filter))
    .filter(({ title, infoHash }) =>
      words.every((word) => title.toLowerCase().includes(word) || infoHash.startsWith(word)),
    )
    .sort((a, b) => rank(a) - rank(b) || compare(a.title, b.title) || compare(a.infoHash, b.infoHash));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { printable } from "../../protocol/base/text.ts";
import { formatBytes, formatMoney, owed } from "../../protocol/base/units.ts";
import type { TorrentDetail } from "../../protocol/http/listings.ts";
import type { ContentJson, PeerJson } from "../../protocol/http/peer.ts";
import { explain } from "./standstill.ts";

/** Words for what a running peer tells of its contents. */

type Token = PeerJson["token"];

/** What `--json` prints of a content: what the API says of it. */
export function contentFields(content: ContentJson): ContentJson {
  return content;
}

/** One line. */
export function describeContent(content: ContentJson, token: Token): string {
  const { title, infoHash, state } = content;
  const money = `paid ${formatMoney(content.paid, token)}, earned ${formatMoney(content.earned, token)}`;
  const why = reasonOf(content, token);
  return `${printable(title)} (${infoHash.slice(0, 8)}): ${state}, ${shareOf(content)}; ${money}${why ? `; ${why}` : ""}`;
}

/** What a content is, and who says so. */
export function describeListing({ title, publisher, listing, replacedBy }: TorrentDetail, isSigned: boolean): string {
  const by = isSigned ? `signed by ${publisher}` : `published by ${publisher}, who has not signed it`;
  const licence = listing?.licence ? `; ${printable(listing.licence)}` : "";
  const newer = replacedBy === null ? "" : `; there is a newer version, ${replacedBy}`;
  return `${printable(title)}, ${by}${licence}${newer}`;
}

/** Percent and size. */
export function shareOf({ bytesDone, sizeBytes }: Pick<ContentJson, "bytesDone" | "sizeBytes">): string {
  const percent = sizeBytes === 0 ? 0 : Math.floor((100 * bytesDone) / sizeBytes);
  return `${percent} % of ${formatBytes(sizeBytes)}`;
}

/** Why nothing comes, or nothing can come any more; null when all is well. */
export function reasonOf(content: ContentJson, token: Token): string | null {
  const { state, problem, rateDown, peers, outlook, spendLeft, reasons } = content;
  if (problem) return printable(problem.message);
  if (state === "limited") return reasons.map(({ text, advice }) => `${text} ${advice}`).join(" ");
  if (state !== "downloading") return null;
  if (spendLeft !== null && isCapped(content))
    return `a spending cap leaves ${formatMoney(spendLeft.startsWith("-") ? "0" : spendLeft, token)}: raise it with \`floodgate peer limit\`; one of each day is new at midnight (UTC)`;
  if (rateDown > 0) return null;
  const isFull = reasons.some(({ code }) => code === "WIRES_LIMIT");
  return explain({ peers, trackerProblem: null, isFull, outlook: outlook as Parameters<typeof explain>[0]["outlook"] });
}

/** The spending caps leave less than one piece costs. */
export function isCapped({ spendLeft, pieceLength, pricePerGiB }: ContentJson): boolean {
  return spendLeft !== null && BigInt(spendLeft) < owed(pieceLength, BigInt(pricePerGiB));
}

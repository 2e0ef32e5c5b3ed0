import { splitPrice } from "../../protocol/base/publisher-share.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatBytes, formatMoney, owed } from "../../protocol/base/units.ts";
import type { PeerSettings } from "../../protocol/http/peer-settings.ts";
import { REFUSALS } from "../../protocol/wire/refusals.ts";
import type { Obstacle } from "../exchange.ts";
import { MAX_WIRES_IN_ALL } from "../torrent/wire/share-wires.ts";
import type { ContentView } from "./content-view.ts";

/** Why a content is slow or stands still, and what its owner can do about it. */

export interface Reason {
  /** For programs. */
  readonly code: ReasonCode;
  /** One sentence. */
  readonly text: string;
  /** What to do, or that there is nothing to do; one sentence. */
  readonly advice: string;
  /** When it ends by itself, seconds since 1970; null: unknown. */
  readonly until: number | null;
  /** Nothing goes on until its owner does something. */
  readonly isBlocking: boolean;
}

export type ReasonCode =
  | "FAILED"
  | "PAUSED"
  | "CHECKING"
  | "MONTH_LIMIT"
  | "SPEND_CAP"
  | "DEPOSIT_SHORT"
  | "SESSION_SHORT"
  | "DOWNLOAD_LIMIT"
  | "UPLOAD_LIMIT"
  | "MIN_PRICE"
  | "SELLER_REFUSES"
  | "SELLER_BANNED_HERE"
  | "LANE_MISSING"
  | "SELLER_UNREACHABLE"
  | "WIRES_LIMIT"
  | "TRACKER_SILENT"
  | "NOT_SERVED_YET"
  | "NOBODY_HAS_MORE"
  | "SELLER_MISSING"
  | "ONE_SELLER";

export interface PeerFacts {
  readonly settings: Pick<PeerSettings, "uploadLimit" | "downloadLimit" | "monthlyLimit" | "maxWires" | "minPrice">;
  /** When the next month begins (UTC), seconds since 1970. */
  readonly monthEndsAt: number;
  /** Of all contents together, bytes a second. */
  readonly rateDown: number;
  readonly rateUp: number;
  readonly wires: number;
  readonly token: Parameters<typeof formatMoney>[1];
}

type Looked = Pick<
  ContentView,
  | "state"
  | "problem"
  | "trackerProblem"
  | "rateDown"
  | "rateUp"
  | "settings"
  | "peers"
  | "outlook"
  | "spendLeft"
  | "pieceLength"
  | "pricePerGiB"
  | "sharePercent"
>;

/** A limit that is used up to this share is what holds a content back. */
const NEARLY = 0.85;
/** Sellers that refuse are named one by one up to this number. */
const MAX_NAMED = 8;

/** The weightiest first; none: all is well. */
export function reasonsFor(view: Looked, peer: PeerFacts): readonly Reason[] {
  const { state, problem } = view;
  if (problem)
    return [block("FAILED", sentence(problem.message), "Mend that, then resume it; what is on disk is kept.")];
  if (state === "paused") return [block("PAUSED", "It rests.", "Resume it to go on.")];
  if (state === "checking")
    return [wait("CHECKING", "Its files on disk are compared with their hashes.", "Wait: it starts by itself.")];
  if (state === "limited") return [monthUsedUp(peer)];
  return state === "seeding" ? whySoldSlowly(view, peer) : whyBoughtSlowly(view, peer);
}

function monthUsedUp({ settings, monthEndsAt }: PeerFacts): Reason {
  const day = new Date(1_000 * monthEndsAt).toISOString().slice(0, 10);
  return wait(
    "MONTH_LIMIT",
    `What your peer may move in a month, ${formatBytes(settings.monthlyLimit ?? 0)}, is used up.`,
    `It goes on by itself on ${day} (UTC), or when you raise the limit of the month.`,
    monthEndsAt,
  );
}

function whySoldSlowly(
  { pricePerGiB, sharePercent, trackerProblem, rateUp: ownRate, settings: own }: Looked,
  { settings, rateUp, token }: PeerFacts,
): Reason[] {
  const minPrice = settings.minPrice === null ? 0n : BigInt(settings.minPrice);
  const { seller } = splitPrice(pricePerGiB, sharePercent);
  if (seller > 0n && seller < minPrice)
    return [
      block(
        "MIN_PRICE",
        `It earns ${formatMoney(seller, token)} per GiB, less than your lowest price of ${formatMoney(minPrice, token)}: nobody is served.`,
        "Lower your lowest price if you want to sell it.",
      ),
    ];
  return [
    ...ofTracker(trackerProblem),
    ...ofLimit("UPLOAD_LIMIT", "it", own.uploadLimit, ownRate),
    ...ofLimit("UPLOAD_LIMIT", "all contents together", settings.uploadLimit, rateUp),
  ];
}

function whyBoughtSlowly(view: Looked, { settings, rateDown, wires, token }: PeerFacts): Reason[] {
  const { outlook, spendLeft, pieceLength, pricePerGiB } = view;
  const { sellers, shortage, obstacles } = outlook;
  if (spendLeft !== null && spendLeft < owed(pieceLength, pricePerGiB)) return [capReached(spendLeft, token)];
  const reasons: Reason[] = [];
  if (shortage === "DEPOSIT" && sellers === 0)
    reasons.push(
      block(
        "DEPOSIT_SHORT",
        "Your account's money is promised to other downloads until they are settled, or used up.",
        "Pay in, or wait for the settlement: the account page and `floodgate balance` show what is promised.",
      ),
    );
  if (shortage === "SESSION" && sellers === 0)
    reasons.push(
      block(
        "SESSION_SHORT",
        "What this device may spend is used up or promised.",
        "Raise it on the account page, or by `floodgate register --limit`.",
      ),
    );
  reasons.push(
    ...ofLimit("DOWNLOAD_LIMIT", "it", view.settings.downloadLimit, view.rateDown),
    ...ofLimit("DOWNLOAD_LIMIT", "all contents together", settings.downloadLimit, rateDown),
  );
  if (view.rateDown > 0) return [...reasons, ...(sellers === 1 && reasons.length === 0 ? [ONE_SELLER] : [])];
  if (sellers > 0) reasons.push(NOT_SERVED_YET);
  else
    reasons.push(
      ...ofWires("it has", view.settings.maxWires, view.peers),
      ...ofWires("all contents together have", settings.maxWires ?? MAX_WIRES_IN_ALL, wires),
    );
  reasons.push(...obstacles.slice(0, MAX_NAMED).map(ofObstacle), ...ofTracker(view.trackerProblem));
  if (reasons.length === 0) reasons.push(view.peers > 0 ? NOBODY_HAS_MORE : SELLER_MISSING);
  return reasons;
}

const ONE_SELLER = wait(
  "ONE_SELLER",
  "One peer alone sells it now, so it comes as fast as that peer uploads.",
  "Nothing to do: more sellers are looked for all the time.",
);
const NOT_SERVED_YET = wait(
  "NOT_SERVED_YET",
  "A seller is connected and has not begun to serve: it has a queue, or waits for a voucher to be stored.",
  "Nothing to do: your turn comes by itself.",
);
const NOBODY_HAS_MORE = wait(
  "NOBODY_HAS_MORE",
  "Peers are connected, and none of them has a missing piece to sell.",
  "Leave it running: it goes on when a peer with the rest comes.",
);
const SELLER_MISSING = wait(
  "SELLER_MISSING",
  "No seller is connected.",
  "Leave it running, and see in the repository whether anybody seeds it.",
);

function capReached(left: Amount, token: PeerFacts["token"]): Reason {
  return block(
    "SPEND_CAP",
    `A spending cap leaves ${formatMoney(left < 0n ? 0n : left, token)}, less than one piece costs.`,
    "Raise the cap of this content or of the peer; a cap for each day is new at midnight, UTC.",
  );
}

function ofLimit(code: "DOWNLOAD_LIMIT" | "UPLOAD_LIMIT", whom: string, limit: number | null, rate: number): Reason[] {
  if (limit === null || rate < NEARLY * limit) return [];
  const way = code === "DOWNLOAD_LIMIT" ? "download" : "upload";
  return [
    wait(
      code,
      `Your own limit holds ${whom} at ${formatBytes(limit)} a second.`,
      `Raise the ${way} limit if the line can carry more.`,
    ),
  ];
}

function ofWires(whom: string, most: number | null, wires: number): Reason[] {
  if (most === null || wires < most) return [];
  return [
    wait(
      "WIRES_LIMIT",
      `${sentence(whom).slice(0, -1)} ${most} ${most === 1 ? "connection" : "connections"}, as many as you allow, and none of this content is to a seller.`,
      "Raise the number of connections, or pause another content.",
    ),
  ];
}

function ofTracker(problem: Looked["trackerProblem"]): Reason[] {
  if (problem === null) return [];
  const text = `The tracker cannot be asked for peers. ${sentence(problem.message)}`;
  return [wait("TRACKER_SILENT", text, "It is asked again; check this machine's connection if that goes on.")];
}

function ofObstacle({ payeeKey, reason, until }: Obstacle): Reason {
  const seller = `Seller ${payeeKey.slice(0, 10)}`;
  switch (reason) {
    case "NO_LANE":
      return wait(
        "LANE_MISSING",
        `The authority has given nothing to pay ${seller.toLowerCase()} with yet.`,
        "Wait some seconds; if it stays so, look at your balance.",
      );
    case "UNREACHABLE":
      return wait(
        "SELLER_UNREACHABLE",
        `${seller} does not answer on its voucher port.`,
        "It is tried again; its owner has to open that port.",
      );
    case "BANNED_HERE":
      return wait(
        "SELLER_BANNED_HERE",
        `${seller} is banned here: it sent wrong pieces, or left some unpaid.`,
        "Nothing to do: other sellers are asked.",
        until,
      );
    case "BANNED":
      return wait(
        "SELLER_REFUSES",
        `${seller} has banned your account for pieces that were left unpaid, or were wrong.`,
        "Other sellers are asked. What is owed is paid by itself, which lifts a ban for debts.",
        until,
      );
    case "BUSY":
      return wait("SELLER_REFUSES", `${seller} serves as many as it can.`, "Nothing to do: it is asked again.");
    case "PRICE_TOO_LOW":
      return wait(
        "SELLER_REFUSES",
        `${seller} wants a higher price than this content has.`,
        "Other sellers are asked: the publisher alone sets the price.",
      );
    default:
      return wait("SELLER_REFUSES", `${seller} refuses: ${REFUSALS[reason].meaning}`, REFUSALS[reason].action, until);
  }
}

function wait(code: ReasonCode, text: string, advice: string, until: number | null = null): Reason {
  return { code, text, advice, until, isBlocking: false };
}

function block(code: ReasonCode, text: string, advice: string): Reason {
  return { code, text, advice, until: null, isBlocking: true };
}

function sentence(message: string): string {
  const text = printable(message, 400);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

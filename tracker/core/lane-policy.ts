import type { TrackerAnnounce, TrackerGrant } from "../../protocol/http/operator.ts";

/** The live lanes of one session on one content, as the authority told last. */
export interface HeldLanes {
  readonly lanes: readonly HeldLane[];
  /** Those that pay the publisher's share; `text`: a whole JSON object. */
  readonly shares: readonly Omit<HeldLane, "owner">[];
  readonly shortage: TrackerGrant["shortage"];
  /**
   * Milliseconds of a clock that never goes back: when the questions that replies waited for are
   * over, each of MIN_GAP_MS.
   */
  readonly evenAt: number;
  /** The same clock: when the lanes were told last, or asked for aside. */
  readonly refreshedAt: number;
  /** The same clock: when a signed request was passed on last. */
  readonly wantedAt: number;
}

export interface HeldLane {
  /** The payee's session key, where the owner of a place has it. */
  readonly owner: Uint8Array;
  /** Seconds since 1970, chain time. */
  readonly expiresAt: number;
  /** Its part of the reply, a JSON object without its end: the payee's address is added to it. */
  readonly text: string;
}

/**
 * `first`: the authority is asked, and the reply waits for it. `aside`: the reply does not wait,
 * and the next one shows what the authority said. `no`: it is not asked.
 */
export type Asking = "first" | "aside" | "no";

/** A session's questions about one content are this far apart, on the whole. */
const MIN_GAP_MS = 500;
/** So far ahead of that it may be: a fast download uses up its first lanes within a second. */
const AHEAD_MS = 7 * MIN_GAP_MS;
/** How soon a session that got too little is asked for again. */
const SHORT_MS = 2_000;
/** Credit comes back when lanes end, and payees that the payer has met need no new question. */
const CREDIT_MS = 60_000;
/** Lanes that were closed or settled meanwhile go away after this time. */
const REFRESH_MS = 15_000;

/** `evenAt` once a reply has waited for the authority, now. */
export function nextEvenAt(held: HeldLanes | undefined, now: number): number {
  return Math.max(held?.evenAt ?? now, now) + MIN_GAP_MS;
}

/**
 * Whether the authority must be asked for lanes (docs/protocol.md 6.5), or what it told last is the
 * answer. `hasNewPayees` says whether the reply names payees to which no live lane is held.
 */
export function howToAsk(
  held: HeldLanes | undefined,
  { event, bytesLeft, request }: Pick<TrackerAnnounce, "event" | "bytesLeft" | "request">,
  hasNewPayees: (held: HeldLanes) => boolean,
  now: number,
): Asking {
  if (event === "stopped") return "no";
  if (held === undefined) return "first";
  if (held.evenAt > now + AHEAD_MS) return "no";
  // It may have lost what it knew of its lanes.
  if (event === "started") return "first";
  if (request !== null) {
    if (request.topUp.length > 0 || request.met.length > 0) return "first";
    const lacksLanes = held.shortage !== null && held.shortage !== "CREDIT";
    if (lacksLanes && now - held.wantedAt >= SHORT_MS) return "first";
    const mayGetMore = held.shortage === null || now - held.wantedAt >= CREDIT_MS;
    if (!lacksLanes && mayGetMore && bytesLeft > 0 && hasNewPayees(held)) return "first";
  }
  return now - held.refreshedAt >= REFRESH_MS ? "aside" : "no";
}

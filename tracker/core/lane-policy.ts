import type { Address } from "../../protocol/base/ids.ts";
import type { TrackerAnnounce, TrackerGrant } from "../../protocol/http/operator.ts";

/** The live lanes of one session on one content, as the authority told last. */
export interface HeldLanes {
  readonly lanes: readonly HeldLane[];
  readonly shortage: TrackerGrant["shortage"];
  /** Milliseconds of a clock that never goes back: when the authority was asked last. */
  readonly askedAt: number;
}

export interface HeldLane {
  readonly payeeKey: Address;
  /** Seconds since 1970, chain time. */
  readonly expiresAt: number;
  /** Its part of the reply, a JSON object without its end: the payee's address is added to it. */
  readonly text: string;
}

/** A session's questions about one content are this far apart. */
const MIN_GAP_MS = 500;
/** How soon a session that got too little is asked for again. */
const SHORT_MS = 2_000;
/** Lanes that were closed or settled meanwhile go away after this time. */
const REFRESH_MS = 15_000;

/**
 * Whether the authority must be asked for lanes (docs/protocol.md 6.5), or what it told last is the
 * answer. `hasNewPayees` says whether the reply names payees to which no lane is held.
 */
export function mustAsk(
  held: HeldLanes | undefined,
  { event, bytesLeft, request }: Pick<TrackerAnnounce, "event" | "bytesLeft" | "request">,
  hasNewPayees: (held: HeldLanes) => boolean,
  now: number,
): boolean {
  if (event === "stopped") return false;
  if (held === undefined) return true;
  const age = now - held.askedAt;
  if (age < MIN_GAP_MS) return false;
  // It may have lost what it knew of its lanes, or they may have been closed.
  if (event === "started" || age >= REFRESH_MS) return true;
  if (request === null) return false;
  if (request.topUp.length > 0 || request.met.length > 0) return true;
  if (held.shortage !== null) return age >= SHORT_MS;
  return bytesLeft > 0 && hasNewPayees(held);
}

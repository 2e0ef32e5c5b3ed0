import { type Amount, max } from "../../protocol/base/units.ts";
import { DAY_SEC } from "../day.ts";

/** Who gets a ticket (docs/protocol.md 4.14). Pure. */

/** Tickets of one sponsorship that one network gets in a day. */
export const TICKETS_PER_NETWORK = 4;

export interface TicketDesk {
  /** What one ticket may spend, base units. */
  readonly cap: Amount;
  /** What is in the account, less what it has promised. */
  readonly free: Amount;
  /** Given within a day or one session's lifetime. */
  readonly given: readonly {
    readonly network: string;
    readonly givenAt: number;
    /** What its lanes may take, or have taken. */
    readonly exposure: Amount;
  }[];
  readonly hasUnused: boolean;
}

export interface TicketAsker {
  /** Prefix of its address. */
  readonly network: string;
  readonly now: number;
  readonly lifetimeSec: number;
}

export type TicketRefusal = "NETWORK" | "SPENT";

/**
 * Null: the next ticket is given. What live tickets may still spend is kept for them, so that
 * whoever has one can complete its download.
 */
export function judgeTicket(desk: TicketDesk, { network, now, lifetimeSec }: TicketAsker): TicketRefusal | null {
  const { cap, free, given, hasUnused } = desk;
  const today = given.filter((one) => one.network === network && one.givenAt > now - DAY_SEC);
  if (today.length >= TICKETS_PER_NETWORK) return "NETWORK";
  const live = given.filter(({ givenAt }) => givenAt + lifetimeSec > now);
  const kept = live.reduce((sum, { exposure }) => sum + max(cap - exposure, 0n), 0n);
  return hasUnused && free - kept >= cap ? null : "SPENT";
}

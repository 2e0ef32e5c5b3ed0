import type { CallOf } from "../../../../audit/facts/calls.ts";
import type { TransactionFacts } from "../../../../audit/facts/facts.ts";
import type { Recording } from "../../recording.ts";
import { type CallPlace, callsOf, type EventPlace } from "../edit.ts";

/** Calls of `claim` that have paid: an honest history has no others but those told as skipped. */
export function payingClaims(recording: Recording): CallPlace<"claim">[] {
  return callsOf(recording, "claim").filter(({ item, facts }) => !isSkipped(facts, item));
}

/** The call that made this event. */
export function claimOf(recording: Recording, { tx, item }: EventPlace<"Claimed">): CallPlace<"claim"> {
  const isOf = ({ payer, payee, lane }: CallOf<"claim">["allotment"]): boolean =>
    payer === item.payer && payee === item.payee && lane === item.lane;
  const call = payingClaims(recording).find((place) => place.tx === tx && isOf(place.item.allotment));
  if (!call) throw new Error(`no call explains the claim on lane ${item.lane} of ${item.payer}`);
  return call;
}

function isSkipped({ events }: TransactionFacts, { index }: CallOf<"claim">): boolean {
  return index !== null && events.some((event) => event.kind === "ClaimSkipped" && event.index === index);
}

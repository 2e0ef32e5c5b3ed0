import type { CallOf } from "../../../audit/facts/calls.ts";
import type { ChainEvent, EventOf } from "../../../audit/facts/events.ts";
import type { Recording } from "../recording.ts";
import {
  type CallPlace,
  callBeside,
  type EventPlace,
  eventsOf,
  flipBit,
  STRANGER,
  withCalls,
  withEvents,
  withTransaction,
} from "./edit.ts";
import type { Kind } from "./kind.ts";
import { ofCall, ofEvent } from "./tell.ts";

/** Calls of `claim` that have paid: an honest history has no others. */
const CLAIM = ["claim"] as const;

/** Says that so much more was paid, and booked. */
function paidMore(claimed: EventOf<"Claimed">, more: bigint): ChainEvent {
  return { ...claimed, amount: claimed.amount + more, totalPaid: claimed.totalPaid + more };
}

function capOf(recording: Recording, place: EventPlace<"Claimed">): bigint {
  return callBeside(recording, place, CLAIM)?.item.allotment.cap ?? 0n;
}

export const CLAIM_KINDS: readonly Kind[] = [
  ofCall("a cap of a claim's allotment", CLAIM, "claim-allotment", ({ item }, random) => {
    return withTerms(item, { cap: item.allotment.cap + random.between(1n, 10_000n) });
  }),
  ofCall("an end of a claim's allotment", CLAIM, "claim-allotment", ({ item }, random) => {
    return withTerms(item, { expiresAt: item.allotment.expiresAt + 1 + random.below(100) });
  }),
  ofCall("a byte of an allotment's signature in a claim", CLAIM, "claim-allotment", ({ item }, random) => {
    return { ...item, allotmentSignature: flipBit(item.allotmentSignature, random) };
  }),
  {
    name: "a swapped payee of a claim",
    tell(recording, random) {
      const places = eventsOf(recording, "Claimed");
      if (places.length === 0) return null;
      const place = random.pick(places);
      const call = callBeside(recording, place, CLAIM) as CallPlace<"claim">;
      const swapped = withEvents(recording, place, [{ ...place.item, payee: STRANGER }]);
      return {
        recording: withCalls(swapped, call, [withTerms(call.item, { payee: STRANGER })]),
        checks: ["claim-allotment"],
      };
    },
  },
  ofCall("an amount of a claim's voucher", CLAIM, "claim-voucher", ({ item }, random) => {
    return { ...item, amount: item.amount + random.between(1n, 1_000n) };
  }),
  ofCall("a byte of a voucher's signature in a claim", CLAIM, "claim-voucher", ({ item }, random) => {
    return { ...item, voucherSignature: flipBit(item.voucherSignature, random) };
  }),
  ofEvent("a claim beyond the cap", "Claimed", "claim-terms", (place, random, recording) => {
    const beyond = capOf(recording, place) - place.item.totalPaid + random.between(1n, 1_000n);
    return [paidMore(place.item, beyond)];
  }),
  ofEvent("a claim that paid one unit less than was due", "Claimed", "claim-terms", ({ item }) => {
    return item.amount > item.fromBond ? [paidMore(item, -1n)] : null;
  }),
  ofEvent("a claim that took too much from the bond", "Claimed", "claim-bond", ({ item }, random) => {
    const fromPayer = item.amount - item.fromBond;
    return fromPayer > 0n ? [{ ...item, fromBond: item.fromBond + random.between(1n, fromPayer) }] : null;
  }),
  ofEvent("an allotter that a claim names", "Claimed", "claim-bond", ({ item }) => [{ ...item, allotter: STRANGER }]),
  {
    name: "a claim beyond its allotter's budget",
    tell(recording, random) {
      const fromBond = eventsOf(recording, "Claimed").filter(({ item }) => item.fromBond > 0n);
      if (fromBond.length === 0) return null;
      const { allotter, fromBond: taken } = random.pick(fromBond).item;
      return { recording: withBudget(recording, allotter, taken - 1n), checks: ["claim-bond"] };
    },
  },
  ofCall("a byte of a claim's evidence", CLAIM, "claim-evidence", ({ item }, random) => {
    const { evidence } = item;
    return evidence && { ...item, evidence: { ...evidence, header: flipBit(evidence.header, random) } };
  }),
  ofCall("a bit of a claim's evidence that says what was paid", CLAIM, "claim-evidence", ({ item }) => {
    const { evidence } = item;
    if (evidence === null) return null;
    const groups = evidence.groups.map((group) => ({ ...group, paidRows: group.paidRows ^ 1n }));
    return { ...item, evidence: { ...evidence, groups } };
  }),
  ofCall("a claim on a settled lane without evidence", CLAIM, "claim-evidence", ({ item }) => {
    return item.evidence && { ...item, evidence: null };
  }),
  {
    name: "a claim made twice",
    tell(recording, random) {
      const places = eventsOf(recording, "Claimed");
      if (places.length === 0) return null;
      const { tx } = random.pick(places);
      return { recording: withTransaction(recording, tx, (facts) => [facts, facts]), checks: ["claim-terms"] };
    },
  },
  {
    name: "a claim after its time",
    tell(recording, random) {
      const places = eventsOf(recording, "Claimed");
      if (places.length === 0) return null;
      const place = random.pick(places);
      const end = callBeside(recording, place, CLAIM)?.item.allotment.expiresAt ?? 0;
      const time = end + recording.rules.claimPeriod + random.below(100);
      const late = withTransaction(recording, place.tx, (facts) => [{ ...facts, time }]);
      return { recording: late, checks: ["claim-terms"] };
    },
  },
  ofCall("a claim that nobody called for", CLAIM, "claim-terms", ({ item }) => {
    return withTerms(item, { lane: item.allotment.lane + 1_000 });
  }),
];

function withTerms(call: CallOf<"claim">, terms: Partial<CallOf<"claim">["allotment"]>): CallOf<"claim"> {
  return { ...call, allotment: { ...call.allotment, ...terms } };
}

/** The key never had more than this budget, by its events and by the owner's calls. */
function withBudget(recording: Recording, allotter: string, bondBudget: bigint): Recording {
  const history = recording.history.map((facts) => ({
    ...facts,
    events: facts.events.map((event) =>
      event.kind === "AllotterSet" && event.allotter === allotter ? { ...event, bondBudget } : event,
    ),
    calls:
      facts.calls?.map((call) =>
        call.kind === "setAllotter" && call.allotter === allotter ? { ...call, bondBudget } : call,
      ) ?? null,
  }));
  return { ...recording, history };
}

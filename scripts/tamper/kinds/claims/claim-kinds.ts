import type { CheckName } from "../../../../audit/checks.ts";
import type { CallOf } from "../../../../audit/facts/calls.ts";
import type { ChainEvent, EventOf } from "../../../../audit/facts/events.ts";
import type { Random } from "../../random.ts";
import type { Recording } from "../../recording.ts";
import {
  type CallPlace,
  type EventPlace,
  eventsOf,
  flipBit,
  STRANGER,
  withCalls,
  withEvents,
  withTransaction,
} from "../edit.ts";
import type { Kind } from "../kind.ts";
import { about, ofEvent, ofTransaction, twice } from "../tell.ts";
import { claimOf, payingClaims } from "./claim-places.ts";

const CLAIM = ["claim"] as const;
const PAID_NOBODY = "paid address 0, the contract or the payer itself";

function capOf(recording: Recording, place: EventPlace<"Claimed">): bigint {
  return claimOf(recording, place).item.allotment.cap;
}

/** An event of a claim that says something else. Null: that would be no lie. */
function ofClaimed(
  name: string,
  check: "claim-terms" | "claim-bond",
  change: (claimed: EventOf<"Claimed">, place: EventPlace<"Claimed">, recording: Recording) => ChainEvent | null,
  says?: (claimed: EventOf<"Claimed">) => string,
): Kind {
  return ofEvent(
    name,
    "Claimed",
    check,
    (place, _, recording) => {
      const changed = change(place.item, place, recording);
      return changed && [changed];
    },
    says && (({ item }) => says(item)),
  );
}

/** Another call instead of one of `claim` that has paid. Null: that would be no lie. */
function ofClaim(
  name: string,
  check: CheckName,
  change: (place: CallPlace<"claim">, random: Random) => CallOf<"claim"> | null,
  says?: string,
): Kind {
  return about(
    name,
    check,
    payingClaims,
    (recording, place, random) => {
      const call = change(place, random);
      return call && withCalls(recording, place, [call]);
    },
    says,
  );
}

/** Event and call name another payee. */
function withPayee(
  name: string,
  check: "claim-allotment" | "claim-terms",
  payeeOf: (payer: string, recording: Recording) => string,
  says = "",
) {
  return about(
    name,
    check,
    (recording) => eventsOf(recording, "Claimed"),
    (recording, place) => {
      const call = claimOf(recording, place);
      const payee = payeeOf(place.item.payer, recording);
      const swapped = withEvents(recording, place, [{ ...place.item, payee }]);
      return withCalls(swapped, call, [withTerms(call.item, { payee })]);
    },
    says,
  );
}

export const CLAIM_KINDS: readonly Kind[] = [
  ofClaim(
    "a cap of a claim's allotment",
    "claim-allotment",
    ({ item }, random) => withTerms(item, { cap: item.allotment.cap + random.between(1n, 10_000n) }),
    "which was no allotter then",
  ),
  ofClaim("an end of a claim's allotment", "claim-allotment", ({ item }, random) => {
    return withTerms(item, { expiresAt: item.allotment.expiresAt + 1 + random.below(100) });
  }),
  ofClaim("a byte of an allotment's signature in a claim", "claim-allotment", ({ item }, random) => {
    return { ...item, allotmentSignature: flipBit(item.allotmentSignature, random) };
  }),
  withPayee("a swapped payee of a claim", "claim-allotment", () => STRANGER),
  withPayee("a claim of the payer itself", "claim-terms", (payer) => payer, PAID_NOBODY),
  withPayee("a claim of the contract itself", "claim-terms", (_, { rules }) => rules.contract, PAID_NOBODY),
  about(
    "an allotment that is too long for its claim",
    "claim-allotment",
    (recording) => eventsOf(recording, "Claimed"),
    (recording, place) => {
      const { tx, item } = place;
      const isRetired = eventsOf(recording, "AllotterRetired").some(
        (other) => other.tx < tx && other.item.allotter === item.allotter,
      );
      if (isRetired) return null;
      const time = claimOf(recording, place).item.allotment.expiresAt - recording.rules.allotmentPeriod - 1;
      return withTransaction(recording, tx, (facts) => [{ ...facts, time }]);
    },
    "ends later than the allotment period allows",
  ),
  about(
    "a claim whose allotter was never set",
    "claim-allotment",
    (recording) => eventsOf(recording, "Claimed"),
    (recording, { tx, item: { allotter } }) => {
      const isRetired = eventsOf(recording, "AllotterRetired").some(
        (place) => place.tx < tx && place.item.allotter === allotter,
      );
      if (isRetired) return null;
      const history = recording.history.map((facts) => ({
        ...facts,
        events: facts.events.filter((event) => !(event.kind === "AllotterSet" && event.allotter === allotter)),
      }));
      return { ...recording, history };
    },
    "which was no allotter then",
  ),
  ofClaim("an amount of a claim's voucher", "claim-voucher", ({ item }, random) => {
    return { ...item, amount: item.amount + random.between(1n, 1_000n) };
  }),
  ofClaim("a byte of a voucher's signature in a claim", "claim-voucher", ({ item }, random) => {
    return { ...item, voucherSignature: flipBit(item.voucherSignature, random) };
  }),
  ofClaimed("a claim beyond the cap", "claim-terms", (item, place, recording) => {
    return paidMore(item, capOf(recording, place) - item.totalPaid + 1n);
  }),
  ofClaimed("a claim that paid one unit less than was due", "claim-terms", (item) => {
    return item.amount > item.fromBond ? paidMore(item, -1n) : null;
  }),
  ofClaimed(
    "a claim that paid more than was due",
    "claim-terms",
    (item) => ({ ...item, amount: item.amount + 1n }),
    ({ amount, totalPaid }) => `${amount + 1n}, ${totalPaid} in all; due were ${amount}, ${totalPaid} in all`,
  ),
  ofClaimed(
    "another sum of a lane's claims",
    "claim-terms",
    (item) => ({ ...item, totalPaid: item.totalPaid + 1n }),
    ({ amount, totalPaid }) => `${amount}, ${totalPaid + 1n} in all; due were ${amount}, ${totalPaid} in all`,
  ),
  ofClaimed(
    "a claim's event for another payee",
    "claim-terms",
    (item) => ({ ...item, payee: STRANGER }),
    () => "no call of claim explains",
  ),
  ofClaimed(
    "a claim that took too much from the bond",
    "claim-bond",
    (item) => (item.amount > item.fromBond ? { ...item, fromBond: item.fromBond + 1n } : null),
    ({ fromBond }) => `took ${fromBond + 1n} from the bond; payer and budget leave it ${fromBond}`,
  ),
  ofClaimed(
    "a claim that took from the bond what the payer had",
    "claim-bond",
    (item) => (item.amount > item.fromBond ? { ...item, fromBond: item.amount } : null),
    ({ amount, fromBond }) => `took ${amount} from the bond; payer and budget leave it ${fromBond}`,
  ),
  ofClaimed(
    "an allotter that a claim names",
    "claim-bond",
    (item) => ({ ...item, allotter: STRANGER }),
    () => "its allotment is signed by",
  ),
  about(
    "a claim beyond its allotter's budget",
    "claim-bond",
    (recording) => eventsOf(recording, "Claimed").filter(({ item }) => item.fromBond > 0n),
    (recording, { item: { allotter, fromBond } }) => withBudget(recording, allotter, fromBond - 1n),
    ({ item: { fromBond } }) => `took ${fromBond} from the bond; payer and budget leave it ${fromBond - 1n}`,
  ),
  about(
    "a claim on a budget before it counts",
    "claim-bond",
    (recording) => eventsOf(recording, "Claimed").filter(({ item }) => item.fromBond > 0n),
    (recording, { item: { allotter }, facts: { time } }) =>
      withAllotter(recording, allotter, (event) => ({ ...event, effectiveAt: time + 1 })),
    ({ item: { fromBond } }) => `took ${fromBond} from the bond; payer and budget leave it 0`,
  ),
  ofEvent(
    "a claim above the bond",
    "BondDeposited",
    "claim-bond",
    ({ tx, item }, _, recording) => {
      const others = eventsOf(recording, "BondDeposited").filter((place) => place.tx !== tx);
      const rest = others.reduce((sum, place) => sum + place.item.amount, 0n);
      const isShort = eventsOf(recording, "Claimed").some((place) => place.item.fromBond > rest);
      return isShort ? [{ ...item, amount: 0n }] : null;
    },
    "from the bond; payer and budget leave it",
  ),
  ofClaim(
    "a claim on a settled lane without evidence",
    "claim-evidence",
    ({ item }) => item.evidence && { ...item, evidence: null },
    "brings no evidence",
  ),
  twice("a claim made twice", "Claimed", CLAIM, "claim-terms", "due were 0, "),
  ofTransaction(
    "a claim after its time",
    "Claimed",
    CLAIM,
    "claim-terms",
    ({ facts }, call) => [{ ...facts, time: (call as CallOf<"claim">).allotment.expiresAt + 100_000 }],
    "came after the allotment's end plus the claim period",
  ),
  ofClaim(
    "a claim that nobody called for",
    "claim-terms",
    ({ item }) => withTerms(item, { lane: item.allotment.lane + 1_000 }),
    "no call of claim explains",
  ),
];

/** Says that so much more was paid, and booked. */
function paidMore(claimed: EventOf<"Claimed">, more: bigint): ChainEvent {
  return { ...claimed, amount: claimed.amount + more, totalPaid: claimed.totalPaid + more };
}

function withTerms(call: CallOf<"claim">, terms: Partial<CallOf<"claim">["allotment"]>): CallOf<"claim"> {
  return { ...call, allotment: { ...call.allotment, ...terms } };
}

/** The key never had more than this budget, by its events and by the owner's calls. */
function withBudget(recording: Recording, allotter: string, bondBudget: bigint): Recording {
  const told = withAllotter(recording, allotter, (event) => ({ ...event, bondBudget }));
  const history = told.history.map((facts) => ({
    ...facts,
    calls:
      facts.calls?.map((call) =>
        call.kind === "setAllotter" && call.allotter === allotter ? { ...call, bondBudget } : call,
      ) ?? null,
  }));
  return { ...told, history };
}

/** The events that made a key current, or raised its budget, say something else. */
function withAllotter(
  recording: Recording,
  allotter: string,
  change: (event: EventOf<"AllotterSet">) => ChainEvent,
): Recording {
  const history = recording.history.map((facts) => ({
    ...facts,
    events: facts.events.map((event) =>
      event.kind === "AllotterSet" && event.allotter === allotter ? change(event) : event,
    ),
  }));
  return { ...recording, history };
}

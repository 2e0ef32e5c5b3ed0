import type { CallOf, EvidenceTerms } from "../../../audit/facts/calls.ts";
import type { ChainEvent, EventOf } from "../../../audit/facts/events.ts";
import { claimEvidence } from "../../../protocol/contract/evidence.ts";
import type { Recording } from "../recording.ts";
import {
  type CallPlace,
  callBeside,
  callsOf,
  type EventPlace,
  eventsOf,
  flipBit,
  STRANGER,
  withCalls,
  withEvents,
} from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about, ofCall, ofEvent, ofTransaction, twice } from "./tell.ts";

/** Calls of `claim` that have paid: an honest history has no others. */
const CLAIM = ["claim"] as const;
const NOBODY = `0x${"0".repeat(40)}`;
/** The number of a batch that no play reaches. */
const NO_BATCH = 1_000_000n;

function capOf(recording: Recording, place: EventPlace<"Claimed">): bigint {
  return callBeside(recording, place, CLAIM)?.item.allotment.cap ?? 0n;
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

/** Event and call name another payee. */
function withPayee(
  name: string,
  check: "claim-allotment" | "claim-terms",
  payeeOf: (payer: string) => string,
  says = "",
) {
  return about(
    name,
    check,
    (recording) => eventsOf(recording, "Claimed"),
    (recording, place) => {
      const call = callBeside(recording, place, CLAIM) as CallPlace<"claim">;
      const payee = payeeOf(place.item.payer);
      const swapped = withEvents(recording, place, [{ ...place.item, payee }]);
      return withCalls(swapped, call, [withTerms(call.item, { payee })]);
    },
    says,
  );
}

/** Evidence of a batch that says something else. Null: that would be no lie. */
function ofEvidence(
  name: string,
  change: (
    evidence: EvidenceTerms,
    place: CallPlace<"claim">,
    recording: Recording,
  ) => EvidenceTerms | null | undefined,
  says: string,
): Kind {
  return ofCall(
    name,
    CLAIM,
    "claim-evidence",
    (place, _, recording) => {
      const evidence = place.item.evidence && change(place.item.evidence, place, recording);
      return evidence ? { ...place.item, evidence } : null;
    },
    says,
  );
}

export const CLAIM_KINDS: readonly Kind[] = [
  ofCall(
    "a cap of a claim's allotment",
    CLAIM,
    "claim-allotment",
    ({ item }, random) => withTerms(item, { cap: item.allotment.cap + random.between(1n, 10_000n) }),
    "which was no allotter then",
  ),
  ofCall("an end of a claim's allotment", CLAIM, "claim-allotment", ({ item }, random) => {
    return withTerms(item, { expiresAt: item.allotment.expiresAt + 1 + random.below(100) });
  }),
  ofCall("a byte of an allotment's signature in a claim", CLAIM, "claim-allotment", ({ item }, random) => {
    return { ...item, allotmentSignature: flipBit(item.allotmentSignature, random) };
  }),
  withPayee("a swapped payee of a claim", "claim-allotment", () => STRANGER),
  withPayee("a claim of the payer itself", "claim-terms", (payer) => payer, "paid address 0 or the payer itself"),
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
  ofCall("an amount of a claim's voucher", CLAIM, "claim-voucher", ({ item }, random) => {
    return { ...item, amount: item.amount + random.between(1n, 1_000n) };
  }),
  ofCall("a byte of a voucher's signature in a claim", CLAIM, "claim-voucher", ({ item }, random) => {
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
  ofEvidence(
    "evidence with another header",
    (evidence) => ({ ...evidence, header: evidence.header.replace(/.$/, (last) => (last === "0" ? "1" : "0")) }),
    "has evidence that is not what batch",
  ),
  ofEvidence(
    "evidence that says otherwise which rows were paid",
    ({ groups, ...evidence }) => ({
      ...evidence,
      groups: groups.map((group) => ({ ...group, paidRows: group.paidRows ^ 1n })),
    }),
    "has evidence that is not what batch",
  ),
  ofEvidence(
    "evidence of a batch that is not there",
    (evidence) => ({ ...evidence, batch: NO_BATCH }),
    `has evidence that is not what batch ${NO_BATCH} left`,
  ),
  ofEvidence(
    "evidence with another group",
    (evidence) => ({ ...evidence, group: evidence.group.replace(/.$/, (last) => (last === "0" ? "1" : "0")) }),
    "has evidence of another group than it names",
  ),
  ofEvidence(
    "evidence of another batch",
    ({ batch }, _, recording) =>
      callsOf(recording, "claim").find(({ item }) => {
        const { evidence } = item;
        return evidence !== null && evidence.claimant === NOBODY && evidence.batch < batch;
      })?.item.evidence,
    "which paid nothing on the lane",
  ),
  ofEvidence(
    "evidence of a claim that nobody made",
    () => claimEvidence(STRANGER as `0x${string}`),
    "has evidence that is not what batch 0 left",
  ),
  ofCall(
    "a claim on a settled lane without evidence",
    CLAIM,
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
  ofCall(
    "a claim that nobody called for",
    CLAIM,
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

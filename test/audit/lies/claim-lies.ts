import type { CallOf, EvidenceTerms } from "../../../audit/facts/calls.ts";
import {
  type Change,
  inTurn,
  type Lie,
  later,
  STRANGER,
  twice,
  withBit,
  withCall,
  withEvent,
  withTransactionOf,
} from "./lie.ts";

/** Claims of the history, in order of their calls. */
const [FIRST, OTHER_PAYEE, LOWER, SECOND_PAYEE, BY_STATEMENT, SHORT] = [0, 2, 3, 5, 6, 7];

const withEvidence = (index: number, change: (evidence: EvidenceTerms) => EvidenceTerms | null): Change =>
  withCall("claim", (call) => ({ ...call, evidence: change(call.evidence as EvidenceTerms) }), index);

/** The evidence is good, but of a batch that paid nothing on the lane. */
const swapEvidence: Change = (all) => {
  const claims = all
    .flatMap(({ calls }) => calls ?? [])
    .filter((call): call is CallOf<"claim"> => call.kind === "claim");
  return withEvidence(LOWER, () => claims[BY_STATEMENT]?.evidence ?? null)(all);
};

const payNothing = (evidence: EvidenceTerms): EvidenceTerms => ({
  ...evidence,
  groups: evidence.groups.map((group) => ({ ...group, paidRows: 0n })),
});

export const CLAIM_LIES: readonly Lie[] = [
  [
    "a claim of a stranger's allotment",
    withCall("claim", (call) => ({ ...call, allotment: { ...call.allotment, cap: 1n << 90n } })),
    "claim-allotment",
    "which was no allotter then",
  ],
  [
    "a claim of an allotment that outlives its retired allotter",
    withEvent("AllotterRetired", (event) => ({ ...event, retiredAt: event.retiredAt - 200 })),
    "claim-allotment",
    "outlives what its allotter",
  ],
  ["a claim whose allotter was never set", withEvent("AllotterSet", () => null, 0), "claim-allotment"],
  [
    "a claim without its voucher",
    withCall("claim", (call) => ({ ...call, amount: call.amount + 1n })),
    "claim-voucher",
  ],
  [
    "a claim with another signature",
    withCall("claim", (call) => ({ ...call, voucherSignature: withBit(call.voucherSignature, 40) })),
    "claim-voucher",
  ],
  [
    "a claim that paid more",
    withEvent("Claimed", (event) => ({ ...event, amount: event.amount + 1n })),
    "claim-terms",
    "10001, 10000 in all; due were 10000, 10000 in all",
  ],
  [
    "a claim with another sum",
    withEvent("Claimed", (event) => ({ ...event, totalPaid: 1n }), LOWER),
    "claim-terms",
    "500, 1 in all; due were 500, 100501 in all",
  ],
  ["a claim without a call", withCall("claim", () => null, FIRST), "claim-terms", "no call of claim explains"],
  ["a claim paid twice", withTransactionOf("Claimed", twice), "claim-terms", "due were 0, 10000 in all"],
  [
    "a claim that came too late",
    withTransactionOf("Claimed", later(300)),
    "claim-terms",
    "came after the allotment's end plus CW",
  ],
  ["a claim of another payee", withEvent("Claimed", (event) => ({ ...event, payee: STRANGER })), "claim-terms"],
  [
    "a claim of the payer itself",
    inTurn(
      withCall("claim", (call) => ({ ...call, allotment: { ...call.allotment, payee: call.allotment.payer } })),
      withEvent("Claimed", (event) => ({ ...event, payee: event.payer })),
    ),
    "claim-terms",
    "paid address 0 or the payer itself",
  ],
  [
    "a claim on a used lane without evidence",
    withEvidence(SECOND_PAYEE, () => null),
    "claim-evidence",
    "brings no evidence",
  ],
  [
    "evidence of a batch that is not",
    withEvidence(LOWER, (one) => ({ ...one, batch: 77n })),
    "claim-evidence",
    "evidence that is not what batch 77 left",
  ],
  [
    "evidence that no row has paid",
    withEvidence(BY_STATEMENT, payNothing),
    "claim-evidence",
    "evidence that is not what batch 3 left",
  ],
  [
    "evidence with another header",
    withEvidence(LOWER, (one) => ({ ...one, header: withBit(one.header, 1) })),
    "claim-evidence",
    "evidence that is not what batch 1 left",
  ],
  [
    "evidence with another group",
    withEvidence(LOWER, (one) => ({ ...one, group: withBit(one.group, 1) })),
    "claim-evidence",
    "evidence of another group than it names",
  ],
  ["evidence of another batch", swapEvidence, "claim-evidence", "evidence of batch 3, which paid nothing on the lane"],
  [
    "evidence that names nobody's claim",
    withEvidence(OTHER_PAYEE, (one) => ({ ...one, claimant: STRANGER })),
    "claim-evidence",
  ],
  [
    "a claim that took more from the bond",
    withEvent("Claimed", (event) => ({ ...event, fromBond: event.fromBond + 1n }), SHORT),
    "claim-bond",
    "took 4001 from the bond; payer and budget leave it 4000",
  ],
  [
    "a claim that took from the bond what the payer had",
    withEvent("Claimed", (event) => ({ ...event, fromBond: event.amount }), FIRST),
    "claim-bond",
    "took 10000 from the bond; payer and budget leave it 0",
  ],
  [
    "a claim on another's budget",
    withEvent("Claimed", (event) => ({ ...event, allotter: STRANGER })),
    "claim-bond",
    "its allotment is signed by",
  ],
  [
    "a claim above its allotter's budget",
    withEvent("AllotterSet", (event) => ({ ...event, bondBudget: 3_999n }), 1),
    "claim-bond",
    "took 4000 from the bond; payer and budget leave it 3999",
  ],
  [
    "a claim above the bond",
    withEvent("BondDeposited", (event) => ({ ...event, amount: 3_999n })),
    "claim-bond",
    "took 4000 from the bond; payer and budget leave it 3999",
  ],
];

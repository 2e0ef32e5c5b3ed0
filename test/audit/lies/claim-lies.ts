import type { CallOf, EvidenceTerms } from "../../../scripts/audit/calls.ts";
import {
  type Change,
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
  ],
  [
    "a claim of an allotment that outlives its retired allotter",
    withEvent("AllotterRetired", (event) => ({ ...event, retiredAt: event.retiredAt - 200 })),
    "claim-allotment",
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
  ["a claim that paid more", withEvent("Claimed", (event) => ({ ...event, amount: event.amount + 1n })), "claim-terms"],
  ["a claim with another sum", withEvent("Claimed", (event) => ({ ...event, totalPaid: 1n }), LOWER), "claim-terms"],
  ["a claim without a call", withCall("claim", () => null, FIRST), "claim-terms"],
  ["a claim paid twice", withTransactionOf("Claimed", twice), "claim-terms"],
  ["a claim that came too late", withTransactionOf("Claimed", later(300)), "claim-terms"],
  ["a claim of another payee", withEvent("Claimed", (event) => ({ ...event, payee: STRANGER })), "claim-terms"],
  ["a claim on a used lane without evidence", withEvidence(SECOND_PAYEE, () => null), "claim-evidence"],
  ["evidence of a batch that is not", withEvidence(LOWER, (one) => ({ ...one, batch: 77n })), "claim-evidence"],
  ["evidence that no row has paid", withEvidence(BY_STATEMENT, payNothing), "claim-evidence"],
  [
    "evidence with another header",
    withEvidence(LOWER, (one) => ({ ...one, header: withBit(one.header, 1) })),
    "claim-evidence",
  ],
  [
    "evidence with another group",
    withEvidence(LOWER, (one) => ({ ...one, group: withBit(one.group, 1) })),
    "claim-evidence",
  ],
  ["evidence of another batch", swapEvidence, "claim-evidence"],
  [
    "evidence that names nobody's claim",
    withEvidence(OTHER_PAYEE, (one) => ({ ...one, claimant: STRANGER })),
    "claim-evidence",
  ],
  [
    "a claim that took more from the bond",
    withEvent("Claimed", (event) => ({ ...event, fromBond: event.fromBond + 1n }), SHORT),
    "claim-bond",
  ],
  [
    "a claim that took from the bond what the payer had",
    withEvent("Claimed", (event) => ({ ...event, fromBond: event.amount }), FIRST),
    "claim-bond",
  ],
  ["a claim on another's budget", withEvent("Claimed", (event) => ({ ...event, allotter: STRANGER })), "claim-bond"],
  [
    "a claim above its allotter's budget",
    withEvent("AllotterSet", (event) => ({ ...event, bondBudget: 3_999n }), 1),
    "claim-bond",
  ],
  ["a claim above the bond", withEvent("BondDeposited", (event) => ({ ...event, amount: 3_999n })), "claim-bond"],
];

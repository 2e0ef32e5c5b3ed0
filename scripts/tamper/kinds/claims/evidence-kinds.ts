import type { EvidenceTerms } from "../../../../audit/facts/calls.ts";
import { batchEvidence, claimEvidence, paidRowsOf } from "../../../../protocol/contract/evidence.ts";
import type { Recording } from "../../recording.ts";
import { groupOf, type PaidRow, paidRows, rowOf } from "../batch-edit.ts";
import { type CallPlace, flipBit, STRANGER, withCalls } from "../edit.ts";
import type { Kind } from "../kind.ts";
import { about } from "../tell.ts";
import { payingClaims } from "./claim-places.ts";

/** The number of a batch that no play reaches. */
const NO_BATCH = 1_000_000n;
const OTHERWISE = "has evidence that is not what batch";

/** Evidence of a batch that says something else. Null: that would be no lie. */
function ofEvidence(
  name: string,
  change: (
    evidence: EvidenceTerms,
    place: CallPlace<"claim">,
    recording: Recording,
    random: Parameters<typeof flipBit>[1],
  ) => EvidenceTerms | null,
  says: string,
): Kind {
  return about(
    name,
    "claim-evidence",
    payingClaims,
    (recording, place, random) => {
      const evidence = place.item.evidence && change(place.item.evidence, place, recording, random);
      return evidence && withCalls(recording, place, [{ ...place.item, evidence }]);
    },
    says,
  );
}

/** What claims show of batches and of other claims. */
export const EVIDENCE_KINDS: readonly Kind[] = [
  ofEvidence(
    "evidence with other rows",
    (evidence, _place, _recording, random) => ({ ...evidence, rows: flipBit(evidence.rows, random) }),
    OTHERWISE,
  ),
  ofEvidence(
    "evidence that says otherwise which rows were paid",
    (evidence) => ({ ...evidence, paidRows: evidence.paidRows ^ 1n }),
    OTHERWISE,
  ),
  ofEvidence(
    "evidence with another proof",
    ({ proof, ...evidence }, _place, _recording, random) => {
      const [first, ...others] = proof;
      return first === undefined ? null : { ...evidence, proof: [flipBit(first, random), ...others] };
    },
    OTHERWISE,
  ),
  ofEvidence(
    "evidence with a proof that is too long",
    ({ proof, ...evidence }) => ({ ...evidence, proof: [...proof, `0x${"ab".repeat(32)}`] }),
    OTHERWISE,
  ),
  ofEvidence(
    "evidence of a batch that is not there",
    (evidence) => ({ ...evidence, batch: NO_BATCH }),
    `has evidence that is not what batch ${NO_BATCH} left`,
  ),
  ofEvidence(
    "evidence of rows on other lanes",
    (_evidence, { tx, item: { allotment } }, recording) => {
      const payer = allotment.payer.toLowerCase();
      const other = paidRows(recording).find((at) => {
        const group = groupOf(at);
        return at.place.tx < tx && group.payer === payer && group.rows.every(({ lane }) => lane !== allotment.lane);
      });
      return other ? evidenceOf(recording, other) : null;
    },
    "that paid nothing on the lane",
  ),
  ofEvidence(
    "evidence of a claim that nobody made",
    () => claimEvidence(STRANGER as `0x${string}`),
    "has evidence that is not what batch 0 left",
  ),
];

/** Good evidence of one row that a batch has paid. */
function evidenceOf(recording: Recording, at: PaidRow): EvidenceTerms {
  const paid = new Set(paidRows(recording).flatMap(({ number, index }) => (number === at.number ? index : [])));
  const indexes = at.batch.groups.flatMap(({ rows }) => rows).keys();
  const skipped = new Set([...indexes].filter((index) => !paid.has(index)));
  const row = { payer: groupOf(at).payer, lane: rowOf(at).lane };
  return batchEvidence(at.number, at.batch, paidRowsOf(at.batch, skipped), row);
}

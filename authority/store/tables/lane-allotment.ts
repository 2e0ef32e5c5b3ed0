import type { Insertable } from "kysely";
import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { LaneTable } from "../schema.ts";
import type { StoredLane } from "./lanes.ts";

/**
 * The row of a new lane, of which nothing is promised or paid yet. `block`: at which its money was
 * read.
 */
export function laneOfAllotment(
  allotment: SignedAllotment,
  block: { readonly number: number; readonly timestamp: number },
): Insertable<LaneTable> {
  return {
    ...allotment,
    cap: allotment.cap.toString(),
    pricePerGiB: allotment.pricePerGiB.toString(),
    signature: bytesToHex(allotment.signature),
    issuedAtBlock: block.number,
    issuedAt: block.timestamp,
    amount: "0",
    voucherSignature: null,
    receivedAt: null,
    isFinal: 0,
    finishedAt: null,
    statementId: null,
    state: "open",
    batchId: null,
    batchRow: null,
    claimId: null,
    paid: "0",
    fee: "0",
    paidAtBlock: null,
    reason: null,
  };
}

/** The allotment of a stored lane. */
export function allotmentOfLane(lane: StoredLane): SignedAllotment {
  const { payer, payee, sessionKey, payeeKey, credit, infoHash, expiresAt } = lane;
  return {
    payer,
    payee,
    sessionKey,
    payeeKey,
    lane: lane.lane,
    cap: BigInt(lane.cap),
    pricePerGiB: BigInt(lane.pricePerGiB),
    credit,
    infoHash,
    expiresAt,
    signature: hexToBytes(lane.signature),
  };
}

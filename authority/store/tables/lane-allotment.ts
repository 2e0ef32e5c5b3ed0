import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { AllotmentJson } from "../../../protocol/signed/allotment-json.ts";
import type { NewLane, StoredLane } from "./lanes.ts";

/** The row of a new lane. `block`: at which its money was read. */
export function laneOfAllotment(
  { cap, pricePerGiB, signature, ...allotment }: SignedAllotment,
  block: { readonly number: number; readonly timestamp: number },
): NewLane {
  return {
    ...allotment,
    cap: cap.toString(),
    pricePerGiB: pricePerGiB.toString(),
    signature: bytesToHex(signature),
    issuedAtBlock: block.number,
    issuedAt: block.timestamp,
  };
}

/** All columns of a new lane but its sequence. */
export function rowOfLane(lane: NewLane): Omit<StoredLane, "sequence"> {
  return {
    ...lane,
    amount: "0",
    voucherSignature: null,
    receivedAt: null,
    isFinal: 0,
    finishedAt: null,
    statementId: null,
    isVoucherOnly: 0,
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

/** As `allotmentToJson` of the lane's allotment, without reading its numbers. */
export function allotmentJsonOfLane(lane: NewLane): AllotmentJson {
  const { payer, payee, sessionKey, payeeKey, cap, pricePerGiB, credit, infoHash, expiresAt, signature } = lane;
  return {
    payer,
    payee,
    sessionKey,
    payeeKey,
    lane: lane.lane,
    cap,
    pricePerGiB,
    credit,
    infoHash,
    expiresAt,
    signature,
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

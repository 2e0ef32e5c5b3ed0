import { hexToBytes } from "../../../protocol/base/bytes.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { StoredLane } from "./lanes.ts";

/** The allotment that a lane is. */
export function toSignedAllotment(lane: StoredLane): SignedAllotment {
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

import type { Address } from "../../../protocol/base/ids.ts";
import { isShareLane, type SplitPrice, shareOf } from "../../../protocol/base/publisher-share.ts";
import { type Amount, min } from "../../../protocol/base/units.ts";
import type { Allotment } from "../../../protocol/signed/allotment.ts";
import type { Voucher } from "../../../protocol/signed/voucher.ts";
import type { PayerLaneRecord } from "../../store/records.ts";

/** What a payer owes the publisher of a content (docs/protocol.md 4.15). Pure. */

/**
 * What was signed for sellers makes what is due: so both sides count the same vouchers, not bytes.
 * `lanes`: all that the store has of one content.
 */
export function shareDue(lanes: readonly PayerLaneRecord[], price: SplitPrice): Amount {
  let sold = 0n;
  let shared = 0n;
  for (const { allotment, amount } of lanes) {
    if (isShareLane(allotment)) shared += amount;
    else sold += amount;
  }
  return shareOf(sold, price) - shared;
}

/**
 * The vouchers that pay what is due, on open lanes of this session, filled in order.
 * What finds no room waits for the next lane.
 */
export function planShares(
  lanes: readonly PayerLaneRecord[],
  price: SplitPrice,
  sessionKey: Address,
  isOpen: (allotment: Allotment) => boolean,
): Voucher[] {
  let due = shareDue(lanes, price);
  const vouchers: Voucher[] = [];
  for (const { allotment, amount } of listShareLanes(lanes, sessionKey)) {
    const room = isOpen(allotment) ? allotment.cap - amount : 0n;
    if (due <= 0n || room <= 0n) continue;
    const part = min(due, room);
    due -= part;
    const { payer, payee, lane } = allotment;
    vouchers.push({ payer, payee, lane, amount: amount + part });
  }
  return vouchers;
}

/** Ascending. */
export function listShareLanes(lanes: readonly PayerLaneRecord[], sessionKey: Address): PayerLaneRecord[] {
  return lanes.filter(({ allotment }) => isShareLane(allotment) && allotment.sessionKey === sessionKey);
}

import type { OmissionReason } from "../../protocol/audit/bundle.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { StoredLane } from "../store/tables/lanes.ts";

/** Why a lane is not in a batch, although it has a voucher that nothing has paid in full. */
export function reasonOf(
  lane: Pick<StoredLane, "state" | "reason" | "amount" | "paid" | "statementId">,
  minRow: Amount,
): OmissionReason {
  switch (lane.state) {
    case "settling":
      return "SETTLING";
    case "claiming":
      return "CLAIMED";
    case "skipped":
      // What a claim has left unpaid may be dust, but the voucher is not.
      return lane.reason === "DUST" && lane.paid === "0" ? "DUST" : "SKIPPED";
    default:
      if (lane.paid !== "0") return "CLAIMED";
      // The lanes of a statement settle together, however small.
      return lane.statementId === null && BigInt(lane.amount) < minRow ? "DUST" : "WAITING";
  }
}

import type { Db } from "../store/database.ts";
import { findLane, keepPaid, setLane } from "../store/tables/lanes.ts";
import type { MirrorEvent } from "./mirror/mirror-events.ts";

type Claimed = Extract<MirrorEvent, { readonly type: "claimed" }>;

/** What a claim has paid, by anyone. The same event again changes nothing. */
export async function applyClaim(
  db: Db,
  event: Pick<Claimed, "payer" | "payee" | "lane" | "totalPaid" | "block">,
): Promise<void> {
  const found = await findLane(db, event.payer, event.lane);
  if (found?.payee !== event.payee) return;
  const lane = await keepPaid(db, found, event.totalPaid, event.block);
  // The payee of a skipped lane has claimed all of its voucher.
  if (lane.state === "skipped" && BigInt(lane.paid) >= BigInt(lane.amount))
    await setLane(db, lane, { state: "settled", reason: null });
}

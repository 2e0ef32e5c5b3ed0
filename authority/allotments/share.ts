import { UNSHARED_FRACTION } from "../../protocol/base/constants.ts";
import { type SplitPrice, splitCap } from "../../protocol/base/publisher-share.ts";
import { type Amount, max, owed } from "../../protocol/base/units.ts";
import { type Content, firstCap } from "./caps.ts";
import type { ReservedLane } from "./reservations.ts";

/** What a payer may buy before it pays the publisher's share (docs/protocol.md 4.15). Pure. */

/**
 * What lanes of an account have bought, or may still buy, of a content without its share: base
 * units at the whole price. `lanes`: all of the account that are known.
 */
export function unshared(
  lanes: readonly ReservedLane[],
  { infoHash }: Content,
  price: SplitPrice,
  now: number,
): Amount {
  let bought = 0n;
  let shared = 0n;
  for (const lane of lanes) {
    if (lane.infoHash !== infoHash) continue;
    const promised = max(lane.settling, lane.paid);
    if (lane.isShare) shared += promised;
    else bought += lane.expiresAt > now && !lane.isClosed ? lane.cap : promised;
  }
  const whole = price.seller + price.publisher;
  return (bought * whole) / price.seller - (shared * whole) / price.publisher;
}

/** The most of it that lanes to new payees may lead to. Successors may lead to twice as much. */
export function unsharedLimit(content: Content): Amount {
  return max(2n * firstCap(content), owed(content.sizeBytes, content.pricePerGiB) / UNSHARED_FRACTION);
}

interface Capped {
  readonly cap: Amount;
  readonly expiresAt: number;
}

/**
 * Planned lanes at the whole price: the first pays the publisher its part of all their caps, the
 * others pay the sellers. Null: none is planned.
 */
export function splitLanes<Lane extends Capped>(
  lanes: readonly Lane[],
  price: SplitPrice,
): { readonly share: Capped; readonly sellers: readonly Lane[] } | null {
  const [first] = lanes;
  if (first === undefined) return null;
  const parts = lanes.map(({ cap }) => splitCap(cap, price));
  const cap = parts.reduce((sum, { publisher }) => sum + publisher, 0n);
  const sellers = lanes.map((lane, i) => ({ ...lane, cap: (parts[i] as SplitPrice).seller }));
  return { share: { cap, expiresAt: first.expiresAt }, sellers };
}

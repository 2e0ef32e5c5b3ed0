import type { Obstacle, Outlook, PaidWire } from "../../exchange.ts";
import { hasLane, isLive } from "./payer-pair.ts";
import type { PayerState } from "./payer-state.ts";
import { type PayerContent, type Purchase, wiresOf } from "./purchase.ts";
import { comeBack } from "./receive.ts";

/** Why nothing comes: what keeps each payee of a content from serving it. */

export const NO_OUTLOOK: Outlook = { obstacles: [], sellers: 0, requested: 0, shortage: null };

/** A payee that closes our wires is asked this often whether it sells. */
const ASK_MS = 30_000;

export function outlookOf(
  state: Pick<PayerState, "links" | "laneClock" | "standings">,
  content: PayerContent,
): Outlook {
  const useful = [...content.wires.values()].filter((wire) => wire.isUseful());
  const obstacles = [...content.purchases.values()].flatMap((purchase) => obstacleOf(state, purchase) ?? []);
  const blocked = new Set(obstacles.map(({ payeeKey }) => payeeKey));
  for (const { remoteKey } of useful) {
    if (blocked.has(remoteKey) || content.purchases.has(remoteKey)) continue;
    blocked.add(remoteKey);
    obstacles.push({ payeeKey: remoteKey, reason: "NO_LANE", until: null, isFinal: false });
  }
  const sellers = new Set(useful.map(({ remoteKey }: PaidWire) => remoteKey).filter((key) => !blocked.has(key))).size;
  const requested = [...content.purchases.values()].reduce((sum, { begun }) => sum + begun.size, 0);
  return { obstacles, sellers, requested, shortage: content.shortage };
}

/** Lifts bans that are over, and asks payees with which no wire stays open why that is. */
export function askSellers(state: PayerState, content: PayerContent): void {
  const { context, laneClock } = state;
  const purchases = [...content.purchases.values()];
  for (const purchase of purchases) {
    const until = purchase.refusal?.until ?? null;
    if (until !== null && context.clock.now() >= until) comeBack(state, purchase);
  }
  if (content.bytesLeft === 0 || purchases.some((purchase) => isBuying(purchase))) return;
  for (const purchase of purchases) {
    const isMute = !purchase.isGivenUp && wiresOf(purchase).length === 0 && hasLane(purchase.pair, laneClock());
    if (!isMute || context.nowMs() < purchase.askedAtMs + ASK_MS) continue;
    purchase.askedAtMs = context.nowMs();
    purchase.isAsking = true;
  }
}

function isBuying(purchase: Purchase): boolean {
  return !purchase.isGivenUp && wiresOf(purchase).length > 0;
}

function obstacleOf(
  { links, laneClock, standings }: Pick<PayerState, "links" | "laneClock" | "standings">,
  purchase: Purchase,
): Obstacle | null {
  const { payee, payeeKey, lanes } = purchase.pair;
  const { refusal } = purchase;
  if (refusal) return { payeeKey, ...refusal, isFinal: true };
  if (purchase.isGivenUp) {
    const { bannedUntil } = standings.find(payee);
    return { payeeKey, reason: "BANNED_HERE", until: bannedUntil, isFinal: true };
  }
  if (wiresOf(purchase).length === 0) return null;
  if (!lanes.some((lane) => lane.state !== "ended" && isLive(lane, laneClock())))
    return { payeeKey, reason: "NO_LANE", until: null, isFinal: false };
  return links.streamOf(payeeKey) ? null : { payeeKey, reason: "UNREACHABLE", until: null, isFinal: false };
}

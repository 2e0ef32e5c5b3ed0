import { type Grant, type GrantedLane, parseGrant } from "./grant.ts";
import { addLane } from "./payer-pair.ts";
import type { PayerState } from "./payer-state.ts";
import { openPurchase, type PayerContent } from "./purchase.ts";

type Granting = Pick<PayerState, "context" | "standings">;

/**
 * Keeps the lanes of an announce reply, and sets the clock by it.
 * @throws {ProtocolError} GRANT_INVALID
 */
export function takeGrant(state: Granting, content: PayerContent, text: string): Grant {
  const { context, standings } = state;
  const { account, sessionKey } = context.identity;
  const { infoHash } = content.terms;
  const grant = parseGrant(text, { account, sessionKey, infoHash, price: content.price });
  context.clock.sync(grant.now);
  content.shortage = grant.shortage;
  for (const { allotment } of grant.lanes) standings.learn(allotment.payeeKey, allotment.payee);
  for (const share of grant.shares) context.store.saveAllotment(share).catch(context.onFatal);
  for (const lane of grant.lanes) {
    // The payee may still come to us, and its wire's own address is tried then.
    const payeeHost = context.mayDial(lane.payeeHost) ? lane.payeeHost : "";
    keepLane(state, content, { ...lane, payeeHost });
  }
  return grant;
}

function keepLane({ context, standings }: Granting, content: PayerContent, lane: GrantedLane): void {
  const { store, onFatal } = context;
  const { allotment, ...granted } = lane;
  const { payee, payeeKey, pricePerGiB } = allotment;
  store.saveAllotment(allotment).catch(onFatal);
  const known = content.purchases.get(payeeKey);
  if (!known) {
    content.purchases.set(payeeKey, openPurchase(store, content, lane, standings.isBanned(payee)));
    return;
  }
  known.granted = granted;
  known.isGivenUp ||= standings.isBanned(payee);
  // A price that changed under a running purchase would need a second total: the next run takes it.
  if (known.pair.pricePerGiB === pricePerGiB && known.pair.payee === payee) known.pair = addLane(known.pair, allotment);
}

/** Tells once why the authority gives no more lanes. */
export function reportShortage(log: (line: string) => void, content: PayerContent, { shortage }: Grant): void {
  const isShort = shortage === "DEPOSIT" || shortage === "SESSION";
  if (isShort && content.bytesLeft > 0 && !content.isShortReported) {
    log(
      shortage === "DEPOSIT"
        ? "the deposit is too low for more lanes: add to it with `floodgate deposit`"
        : "the session's limit or time is used up: run `floodgate register` again",
    );
  }
  content.isShortReported = isShort;
}

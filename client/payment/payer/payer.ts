import { WIRE_TOKEN_BYTES } from "../../../protocol/base/constants.ts";
import { invariant, ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Message, RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import { type PaidWire, type PayerPort, type PaymentPort, pieceBytes } from "../../exchange.ts";
import type { PaymentContext } from "../context.ts";
import type { Standings } from "../standing/standings.ts";
import type { StreamEvents, VoucherNode, VoucherStream } from "../voucher-node.ts";
import { type GrantedLane, parseGrant } from "./grant.ts";
import { createLaneWishes } from "./lane-requests.ts";
import {
  acceptedLane,
  ackedLane,
  addLane,
  askableBytes,
  beginPiece,
  committed,
  endedLane,
  isPaidUp,
  type LaneClock,
  listLanesToOffer,
  listOpenLanes,
  listUnacked,
  type PayerLane,
  releasePiece,
  signedTotal,
  streamClosed,
  verifiedPiece,
} from "./payer-ledger.ts";
import { createPayerLinks } from "./payer-links.ts";
import { dialTargetOf, openStoredPair, type Purchase, type Purchasing, wiresOf } from "./purchase.ts";
import { createVoucherWriter } from "./voucher-writer.ts";

/** What this peer buys: who was asked for what, what is owed to whom, and the vouchers that pay it. */
export interface Payer extends PayerPort {
  addContent: PaymentPort["addContent"];
  /** No more pieces are wanted: pays the rest, and tells every payee `done`. Resolves when each has stored the last voucher, or after FINISH_MS. */
  finishContent(infoHash: InfoHash): Promise<void>;
  wireOpened(wire: PaidWire): void;
  wireClosed(wireId: string): void;
  announceFields: PaymentPort["announceFields"];
  announceReplied: PaymentPort["announceReplied"];
  /** A stream that `dial` opened. */
  streamOpened(stream: VoucherStream): StreamEvents;
  /** Regular work: lanes that end soon, offers to repeat. */
  tick(): void;
  /** Of this run. */
  totals(): { readonly bytesDown: number; readonly paid: Amount };
  stop(): void;
}

const NO_TOKEN = new Uint8Array(WIRE_TOKEN_BYTES);
/** A payee that cannot be reached is not waited for any longer when a content is finished. */
const FINISH_MS = 10_000;
const FORGET_WIRE_MS = 60_000;
/** The wire, or the payee's view of it, was not there yet: the same lane is offered again. */
const PASSING_REASONS: readonly RefuseReason[] = ["WIRE_UNKNOWN", "WIRE_TAKEN", "BUSY"];
const LANE_REASONS: readonly RefuseReason[] = ["EXPIRED", "EXPIRES_TOO_LATE", "LANE_CLOSED"];

export function createPayer(context: PaymentContext, standings: Standings, dial: VoucherNode["dial"]): Payer {
  const { identity, network, separator, store, clock } = context;
  const { acceptMarginSec } = network.info;
  const contents = new Map<InfoHash, Purchasing>();
  const contentOfWire = new Map<string, { readonly content: Purchasing; readonly payeeKey: Address }>();
  const links = createPayerLinks({
    dial,
    targetOf: (payeeKey) => dialTargetOf(purchasesOf(payeeKey), laneClock()),
    setTimer: context.setTimer,
  });

  const laneClock = (): LaneClock => ({ now: clock.now(), acceptMarginSec });
  const purchasesOf = (payeeKey: Address): Purchase[] =>
    [...contents.values()].flatMap((content) => content.purchases.get(payeeKey) ?? []);
  const allPurchases = (): Purchase[] => [...contents.values()].flatMap((content) => [...content.purchases.values()]);
  const purchaseOfWire = (wireId: string): Purchase | undefined => {
    const found = contentOfWire.get(wireId);
    return found?.content.purchases.get(found.payeeKey);
  };
  const keep = (saved: Promise<void>): void => void saved.catch(context.onFatal);

  const spendLeft = (): Amount | null => {
    if (context.maxSpend === null) return null;
    const spent = allPurchases().reduce((sum, { pair, before }) => sum + committed(pair) - before.committed, 0n);
    return context.maxSpend - spent;
  };

  const wishes = createLaneWishes(context, laneClock);
  const vouchers = createVoucherWriter(context, links, laneClock, spendLeft);

  const wake = (purchase: Purchase): void => {
    for (const wire of wiresOf(purchase)) wire.wake();
  };

  const offer = (purchase: Purchase, lanes: readonly PayerLane[], token: Uint8Array): void => {
    const stream = links.streamOf(purchase.pair.payeeKey);
    for (const { allotment } of lanes) stream?.send({ type: "offer", allotment, wireToken: token });
  };

  /** Offers what the payee has not accepted yet; dials it first. */
  const offerNew = (purchase: Purchase): void => {
    const { pair } = purchase;
    if (purchase.isGivenUp) return;
    const wire = wiresOf(purchase)[0];
    const lanes = listLanesToOffer(pair, laneClock()).filter((lane) => wire || lane.acked < lane.signed);
    if (lanes.length === 0) return;
    if (links.streamOf(pair.payeeKey)) offer(purchase, lanes, wire?.remoteToken ?? NO_TOKEN);
    else links.want(pair.payeeKey);
  };

  const giveBack = (purchase: Purchase, piece: number): void => {
    if (!purchase.begun.delete(piece)) return;
    purchase.pair = releasePiece(purchase.pair, pieceBytes(purchase.content.terms, piece));
  };

  const checkPaidUp = (purchase: Purchase): void => {
    if (purchase.onPaidUp.length === 0 || !isPaidUp(purchase.pair, laneClock())) return;
    for (const resolve of purchase.onPaidUp.splice(0)) resolve();
  };

  const grantLane = (content: Purchasing, lane: GrantedLane): void => {
    const { allotment, ...granted } = lane;
    const { payee, payeeKey, infoHash, pricePerGiB } = allotment;
    keep(store.saveAllotment(allotment));
    const known = content.purchases.get(payeeKey);
    if (known) {
      known.granted = granted;
      known.isGivenUp ||= standings.isBanned(payee);
      // A price that changed under a running purchase would need a second total: the next run takes it.
      if (known.pair.pricePerGiB === pricePerGiB && known.pair.payee === payee)
        known.pair = addLane(known.pair, allotment);
      return;
    }
    const pair = addLane(
      openStoredPair(store, infoHash, { payee, payeeKey, infoHash, pricePerGiB }, identity.sessionKey),
      allotment,
    );
    content.purchases.set(payeeKey, {
      pair,
      content,
      granted,
      isGivenUp: standings.isBanned(payee),
      lastSentAtMs: Number.NEGATIVE_INFINITY,
      cancelTimer: null,
      before: { committed: committed(pair), verifiedBytes: pair.verifiedBytes, signed: signedTotal(pair) },
      topUpAskedAtMs: new Map(),
      begun: new Set(),
      disputed: new Set(),
      unsaved: [],
      onPaidUp: [],
    });
  };

  const receive = (payeeKey: Address, message: Message): void => {
    const purchaseOfLane = (lane: number): Purchase => {
      const found = purchasesOf(payeeKey).find(({ pair }) => pair.lanes.some((one) => one.allotment.lane === lane));
      if (!found) throw new ProtocolError("LANE_NOT_OFFERED", `the payee named lane ${lane}, which was not offered`);
      return found;
    };
    switch (message.type) {
      case "accept": {
        const purchase = purchaseOfLane(message.lane);
        const { pair, adopted } = acceptedLane(purchase.pair, message, separator);
        purchase.pair = pair;
        if (adopted) {
          keep(store.saveSigned(adopted));
          keep(store.saveAdjust(pair, pair.adjust));
        }
        for (const voucher of listUnacked(pair)) vouchers.send(purchase, voucher);
        vouchers.payNow(purchase);
        break;
      }
      case "ack": {
        const purchase = purchaseOfLane(message.lane);
        purchase.pair = ackedLane(purchase.pair, message);
        break;
      }
      case "refuse": {
        const purchase = purchaseOfLane(message.lane);
        if (PASSING_REASONS.includes(message.reason)) return;
        purchase.pair = endedLane(purchase.pair, message.lane);
        if (!LANE_REASONS.includes(message.reason)) {
          purchase.isGivenUp = true;
          context.log(`payee ${payeeKey} refuses to sell: ${message.reason}`);
        }
        break;
      }
      case "closed": {
        const purchase = purchaseOfLane(message.lane);
        purchase.pair = endedLane(purchase.pair, message.lane);
        break;
      }
      default:
        throw new ProtocolError("MESSAGE_UNEXPECTED", `a payee does not send "${message.type}"`);
    }
    const purchase = purchaseOfLane(message.lane);
    wishes.topUp(purchase);
    wake(purchase);
    checkPaidUp(purchase);
  };

  return {
    addContent(terms, onDisk) {
      const { infoHash } = terms;
      const bytesOnDisk = [...onDisk].reduce((sum, piece) => sum + pieceBytes(terms, piece), 0);
      contents.set(infoHash, {
        terms,
        bytesLeft: terms.sizeBytes - bytesOnDisk,
        requestedAt: 0,
        wantedLanesAtMs: Number.NEGATIVE_INFINITY,
        wires: new Map(),
        purchases: new Map(),
        isShortReported: false,
      });
      const started = new Map<number, Address>();
      for (const { piece, pair, state } of store.listPieces(infoHash)) {
        if (state !== "asked") continue;
        // It came, and the process died before it was counted: still owed.
        if (onDisk.has(piece)) keep(store.saveVerified(infoHash, [{ piece, lengthBytes: pieceBytes(terms, piece) }]));
        else started.set(piece, pair.payeeKey);
      }
      return started;
    },

    wireOpened(wire) {
      const content = contents.get(wire.infoHash);
      if (!content) return;
      content.wires.set(wire.wireId, wire);
      contentOfWire.set(wire.wireId, { content, payeeKey: wire.remoteKey });
      const purchase = content.purchases.get(wire.remoteKey);
      if (!purchase) {
        if (content.bytesLeft > 0) wishes.want(content);
        return;
      }
      offer(purchase, listOpenLanes(purchase.pair, laneClock()), wire.remoteToken);
      offerNew(purchase);
      wishes.topUp(purchase);
    },

    wireClosed(wireId) {
      contentOfWire.get(wireId)?.content.wires.delete(wireId);
      // Its last pieces may still be on their way to the disk.
      context.setTimer(() => contentOfWire.delete(wireId), FORGET_WIRE_MS);
    },

    askableBytes(wireId) {
      const purchase = purchaseOfWire(wireId);
      return purchase ? askableBytes(purchase.pair, laneClock(), spendLeft()) : 0;
    },

    assign(wireId, pieces) {
      const purchase = purchaseOfWire(wireId);
      invariant(purchase !== undefined, "PIECE_UNPAYABLE", "pieces are to be asked of a payee without a lane");
      return store.saveAsked(purchase.pair, pieces);
    },

    begin(wireId, piece) {
      const purchase = purchaseOfWire(wireId);
      // It is the same debt at the payee, asked for again.
      if (purchase?.disputed.delete(piece)) giveBack(purchase, piece);
      invariant(purchase !== undefined && !purchase.begun.has(piece), "PIECE_BEGUN_TWICE", `piece ${piece} is begun`);
      purchase.begun.add(piece);
      purchase.pair = beginPiece(purchase.pair, pieceBytes(purchase.content.terms, piece));
    },

    unassign(wireId, pieces) {
      const purchase = purchaseOfWire(wireId);
      if (purchase) for (const piece of pieces) giveBack(purchase, piece);
    },

    pieceVerified(wireId, piece) {
      const purchase = purchaseOfWire(wireId);
      if (!purchase?.begun.delete(piece)) return;
      const lengthBytes = pieceBytes(purchase.content.terms, piece);
      purchase.pair = verifiedPiece(purchase.pair, lengthBytes);
      purchase.unsaved.push(piece);
      purchase.content.bytesLeft -= lengthBytes;
      vouchers.schedulePay(purchase);
      wishes.topUp(purchase);
    },

    pieceFailed(wireId, piece) {
      const purchase = purchaseOfWire(wireId);
      if (!purchase) return;
      const { payee, payeeKey, infoHash } = purchase.pair;
      // The payee counts it as debt until it finds its copy wrong: a further piece would only be held there.
      if (purchase.begun.has(piece)) purchase.disputed.add(piece);
      links.streamOf(payeeKey)?.send({ type: "bad", infoHash, piece });
      standings.sentBadPiece(payee);
      for (const other of allPurchases()) if (other.pair.payee === payee) other.isGivenUp ||= standings.isBanned(payee);
    },

    pieceDisowned(wireId, piece) {
      const purchase = purchaseOfWire(wireId);
      if (!purchase?.disputed.delete(piece)) return;
      giveBack(purchase, piece);
      wake(purchase);
    },

    announceFields(infoHash, bytesLeft) {
      const content = contents.get(infoHash);
      if (!content) return {};
      content.bytesLeft = bytesLeft;
      return wishes.announceFields(content);
    },

    announceReplied(infoHash, text) {
      const content = contents.get(infoHash);
      if (!content) return;
      const { account, sessionKey } = identity;
      const { pricePerGiB } = content.terms;
      const grant = parseGrant(text, { account, sessionKey, infoHash, pricePerGiB });
      clock.sync(grant.now);
      for (const { allotment } of grant.lanes) standings.learn(allotment.payeeKey, allotment.payee);
      for (const lane of grant.lanes) grantLane(content, lane);
      for (const purchase of content.purchases.values()) {
        offerNew(purchase);
        wake(purchase);
      }
      const isShort = grant.shortage === "DEPOSIT" || grant.shortage === "SESSION";
      if (isShort && content.bytesLeft > 0 && !content.isShortReported) {
        context.log(
          grant.shortage === "DEPOSIT"
            ? "the deposit is too low for more lanes: add to it with `floodgate deposit`"
            : "the session's limit or time is used up: run `floodgate register` again",
        );
      }
      content.isShortReported = isShort;
    },

    streamOpened(stream) {
      const payeeKey = stream.remoteKey;
      links.opened(stream);
      for (const purchase of purchasesOf(payeeKey)) offerNew(purchase);
      return {
        message: (message) => receive(payeeKey, message),
        closed() {
          if (links.streamOf(payeeKey) !== stream) return;
          for (const purchase of purchasesOf(payeeKey)) purchase.pair = streamClosed(purchase.pair);
          links.closed(stream);
        },
      };
    },

    async finishContent(infoHash) {
      const purchases = [...(contents.get(infoHash)?.purchases.values() ?? [])];
      await Promise.all(
        purchases.map(async (purchase) => {
          vouchers.payNow(purchase);
          if (isPaidUp(purchase.pair, laneClock())) return;
          offerNew(purchase);
          wishes.topUp(purchase);
          const { promise, resolve } = Promise.withResolvers<void>();
          purchase.onPaidUp.push(resolve);
          const cancel = context.setTimer(resolve, FINISH_MS);
          await promise;
          cancel();
        }),
      );
      for (const { pair } of purchases) links.streamOf(pair.payeeKey)?.send({ type: "done", infoHash });
    },

    tick() {
      for (const content of contents.values()) {
        for (const purchase of content.purchases.values()) {
          offerNew(purchase);
          vouchers.saveVerified(purchase);
          vouchers.schedulePay(purchase);
          wishes.topUp(purchase);
          checkPaidUp(purchase);
        }
        if (content.bytesLeft > 0 && wishes.listMet(content).length > 0) wishes.want(content);
      }
    },

    totals() {
      let bytesDown = 0;
      let paid = 0n;
      for (const { pair, before } of allPurchases()) {
        bytesDown += pair.verifiedBytes - before.verifiedBytes;
        paid += signedTotal(pair) - before.signed;
      }
      return { bytesDown, paid };
    },

    stop() {
      for (const purchase of allPurchases()) purchase.cancelTimer?.();
      links.stop();
    },
  };
}

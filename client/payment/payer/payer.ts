import { invariant } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Push, PushReply } from "../../../protocol/http/payments.ts";
import type { ContentTerms, Outlook, PaidWire, PayerPort, WireMoney } from "../../exchange.ts";
import type { PaymentContext } from "../context.ts";
import type { Standings } from "../standing/standings.ts";
import type { StreamEvents, VoucherNode, VoucherStream } from "../voucher-node.ts";
import { PayerContents } from "./contents.ts";
import { createLaneRequests } from "./lane-requests.ts";
import { offerForWire, offerLanes } from "./offer-lanes.ts";
import { askSellers, NO_OUTLOOK, outlookOf } from "./outlook.ts";
import { askableBytes, beginPiece, isPaidUp, unpaidBytes, verifiedPiece } from "./payer-ledger.ts";
import { createPayerLinks } from "./payer-links.ts";
import { type LaneClock, signedTotal, streamClosed } from "./payer-pair.ts";
import type { PayerState } from "./payer-state.ts";
import { dialTargetOf, giveBack, type PayerContent, type Purchase, wake } from "./purchase.ts";
import { checkPaidUp, receive } from "./receive.ts";
import { createSharePayer, type SharePayer } from "./share-payer.ts";
import { RunSpending } from "./spending.ts";
import { reportShortage, takeGrant } from "./take-grant.ts";
import { createVoucherWriter } from "./voucher-writer.ts";

/** A payee that cannot be reached is not waited for any longer when a content is finished. */
const FINISH_MS = 10_000;

/**
 * What this peer buys: which payee was asked for what, what is owed to it, and the vouchers that
 * pay it.
 */
export class Payer implements PayerPort {
  readonly #state: PayerState;
  readonly #spending: RunSpending;
  readonly #shares: SharePayer;

  constructor(
    context: PaymentContext,
    standings: Standings,
    dial: VoucherNode["dial"],
    push: (body: Push) => Promise<PushReply>,
  ) {
    const { clock, network, setTimer } = context;
    const contents = new PayerContents(context);
    const { acceptMarginSec } = network.info;
    const laneClock = (): LaneClock => ({ now: clock.now(), acceptMarginSec });
    const targetOf = (payeeKey: Address) => dialTargetOf(contents.ofPayee(payeeKey), laneClock());
    const links = createPayerLinks({ dial, targetOf, setTimer });
    this.#shares = createSharePayer(context, push);
    this.#spending = new RunSpending(context, contents);
    const requests = createLaneRequests(context, laneClock, (content) => this.#payShare(content));
    const vouchers = createVoucherWriter(context, links, laneClock, ({ pair }) =>
      this.#spending.leftForSellers(pair.infoHash),
    );
    this.#state = { context, standings, contents, links, requests, vouchers, laneClock };
  }

  /** Returns the pieces that were asked of a payee (by session key) and did not come. */
  addContent(terms: ContentTerms, onDisk: ReadonlySet<number>): ReadonlyMap<number, Address> {
    return this.#state.contents.add(terms, onDisk);
  }

  /** Pays the rest, and asks for nothing more until the content is added again. */
  removeContent(infoHash: InfoHash): Promise<void> {
    const content = this.#state.contents.find(infoHash);
    if (content) content.bytesLeft = 0;
    return this.finishContent(infoHash);
  }

  wireOpened(wire: PaidWire): void {
    const { contents, requests } = this.#state;
    const content = contents.find(wire.infoHash);
    if (!content) return;
    contents.addWire(content, wire);
    const purchase = content.purchases.get(wire.remoteKey);
    if (!purchase) {
      if (content.bytesLeft > 0) requests.want(content);
      return;
    }
    if (!purchase.isGivenUp) offerForWire(this.#state, purchase, wire);
    offerLanes(this.#state, purchase);
    requests.topUp(purchase);
  }

  wireClosed(wireId: string): void {
    this.#state.contents.removeWire(wireId);
  }

  /** The payee at the other end takes vouchers. */
  isAccepted(wireId: string): boolean {
    return (this.#state.contents.ofWire(wireId)?.pair.windowBytes ?? 0) > 0;
  }

  askableBytes(wireId: string): number {
    const { contents, laneClock } = this.#state;
    const purchase = contents.ofWire(wireId);
    return purchase
      ? askableBytes(purchase.pair, laneClock(), this.#spending.leftForSellers(purchase.pair.infoHash))
      : 0;
  }

  assign(wireId: string, pieces: readonly number[]): Promise<void> {
    const { context, contents } = this.#state;
    const purchase = contents.ofWire(wireId);
    invariant(purchase !== undefined, "PIECE_UNPAYABLE", "pieces are to be asked of a payee without a lane");
    return context.store.saveAsked(purchase.pair, pieces);
  }

  begin(wireId: string, piece: number): void {
    const purchase = this.#state.contents.ofWire(wireId);
    // It is the same debt at the payee, asked for again.
    if (purchase?.disputed.delete(piece)) giveBack(purchase, piece);
    invariant(purchase !== undefined && !purchase.begun.has(piece), "PIECE_BEGUN_TWICE", `piece ${piece} is begun`);
    purchase.begun.add(piece);
    purchase.pair = beginPiece(purchase.pair, purchase.content.terms.lengthOf(piece));
  }

  unassign(wireId: string, pieces: readonly number[]): void {
    const purchase = this.#state.contents.ofWire(wireId);
    if (purchase) for (const piece of pieces) giveBack(purchase, piece);
  }

  pieceVerified(wireId: string, piece: number): void {
    const { contents, requests, vouchers } = this.#state;
    const purchase = contents.ofWire(wireId);
    if (!purchase?.begun.delete(piece)) return;
    const lengthBytes = purchase.content.terms.lengthOf(piece);
    purchase.pair = verifiedPiece(purchase.pair, lengthBytes);
    purchase.unsaved.push(piece);
    purchase.content.bytesLeft -= lengthBytes;
    vouchers.schedulePay(purchase);
    requests.topUp(purchase);
  }

  pieceFailed(wireId: string, piece: number): void {
    const { contents, links, standings } = this.#state;
    const purchase = contents.ofWire(wireId);
    if (!purchase) return;
    const { payee, payeeKey, infoHash } = purchase.pair;
    // The payee counts it as debt until it finds its copy wrong: a further piece would only be held
    // there.
    if (purchase.begun.has(piece)) purchase.disputed.add(piece);
    links.streamOf(payeeKey)?.send({ type: "bad", infoHash, piece });
    standings.sentBadPiece(payee);
    for (const other of contents.purchases())
      if (other.pair.payee === payee) other.isGivenUp ||= standings.isBanned(payee);
  }

  pieceDisowned(wireId: string, piece: number): void {
    const purchase = this.#state.contents.ofWire(wireId);
    if (!purchase?.disputed.delete(piece)) return;
    giveBack(purchase, piece);
    wake(purchase);
  }

  announceFields(infoHash: InfoHash, bytesLeft: number): Record<string, string> {
    const { contents, requests } = this.#state;
    const content = contents.find(infoHash);
    if (!content) return {};
    content.bytesLeft = bytesLeft;
    return requests.announceFields(content);
  }

  /** @throws {ProtocolError} GRANT_INVALID */
  announceReplied(infoHash: InfoHash, text: string): void {
    const { context, contents, requests } = this.#state;
    const content = contents.find(infoHash);
    if (!content) return;
    const grant = takeGrant(this.#state, content, text);
    // What the authority waits for is on its way to it.
    if (grant.shortage === "SHARE") this.#payShare(content);
    if (grant.shortage === "RATE" || grant.shortage === "SHARE") requests.postponed(content);
    else requests.answered(content);
    for (const purchase of content.purchases.values()) {
      offerLanes(this.#state, purchase);
      wake(purchase);
    }
    reportShortage(context.log, content, grant);
  }

  /** This payee has connected to us. */
  readonly reached = (payeeKey: Address): void => this.#state.links.reached(payeeKey);

  /** A stream that `dial` opened. */
  streamOpened(stream: VoucherStream): StreamEvents {
    const { contents, links } = this.#state;
    const payeeKey = stream.remoteKey;
    links.opened(stream);
    for (const purchase of contents.ofPayee(payeeKey)) offerLanes(this.#state, purchase);
    return {
      message: (message) => receive(this.#state, payeeKey, message),
      closed: () => {
        if (links.streamOf(payeeKey) !== stream) return;
        for (const purchase of contents.ofPayee(payeeKey)) purchase.pair = streamClosed(purchase.pair);
        links.closed(stream);
      },
    };
  }

  /**
   * No more pieces are wanted: pays the rest, and tells every payee `done`. Resolves when each
   * payee has stored the last voucher, or after FINISH_MS.
   */
  async finishContent(infoHash: InfoHash): Promise<void> {
    const { contents, links } = this.#state;
    const content = contents.find(infoHash);
    const purchases = [...(content?.purchases.values() ?? [])];
    await Promise.all(purchases.map((purchase) => this.#finish(purchase)));
    if (content && content.price.publisher > 0n) await this.#finishShare(content);
    for (const { pair } of purchases) links.streamOf(pair.payeeKey)?.send({ type: "done", infoHash });
  }

  /** Regular work: lanes that end soon, offers to repeat. */
  tick(): void {
    const { contents, requests, vouchers } = this.#state;
    this.#spending.tick();
    for (const content of contents.all()) {
      this.#payShare(content);
      askSellers(this.#state, content);
      for (const purchase of content.purchases.values()) {
        offerLanes(this.#state, purchase);
        vouchers.saveVerified(purchase);
        vouchers.schedulePay(purchase);
        requests.topUp(purchase);
        checkPaidUp(this.#state, purchase);
      }
      if (content.bytesLeft > 0 && requests.listMet(content).length > 0) requests.want(content);
    }
  }

  /** What keeps the sellers of a content from serving it. */
  outlook(infoHash: InfoHash): Outlook {
    const content = this.#state.contents.find(infoHash);
    return content ? outlookOf(this.#state, content) : NO_OUTLOOK;
  }

  bought(wireId: string): WireMoney["bought"] {
    const pair = this.#state.contents.ofWire(wireId)?.pair;
    if (!pair) return null;
    const { payee: account, pricePerGiB, windowBytes } = pair;
    return { account, pricePerGiB, windowBytes, amount: signedTotal(pair), unpaidBytes: unpaidBytes(pair) };
  }

  /** Of this run. */
  totals(): { readonly bytesDown: number; readonly paid: Amount } {
    let bytesDown = 0;
    for (const { pair, before } of this.#state.contents.purchases())
      bytesDown += pair.verifiedBytes - before.verifiedBytes;
    return { bytesDown, paid: this.#spending.paid() };
  }

  stop(): void {
    const { contents, links } = this.#state;
    for (const purchase of contents.purchases()) purchase.cancelTimer?.();
    links.stop();
  }

  #payShare({ price, purchases, terms }: PayerContent): void {
    if (price.publisher === 0n) return;
    let sold = 0n;
    for (const { pair } of purchases.values()) sold += signedTotal(pair);
    this.#shares.pay(terms.infoHash, price, sold);
  }

  /** An authority that is away is not waited for: the next run brings it. */
  async #finishShare({ price, terms, bytesLeft }: PayerContent): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#state.context.setTimer(resolve, FINISH_MS);
    await Promise.race([this.#shares.finish(terms.infoHash, price, bytesLeft === 0), promise]);
    cancel();
  }

  async #finish(purchase: Purchase): Promise<void> {
    const { context, requests, vouchers, laneClock } = this.#state;
    vouchers.payNow(purchase);
    if (isPaidUp(purchase.pair, laneClock())) return;
    offerLanes(this.#state, purchase);
    requests.topUp(purchase);
    const { promise, resolve } = Promise.withResolvers<void>();
    purchase.onPaidUp.push(resolve);
    const cancel = context.setTimer(resolve, FINISH_MS);
    await promise;
    cancel();
  }

  /** What `maxSpend` and the caps leave for this content, over all pairs; null: no limit. */
  spendLeft(infoHash: InfoHash): Amount | null {
    return this.#spending.left(infoHash);
  }

  /** The owner has changed a cap: what stood at it may go on. */
  capsChanged(): void {
    for (const purchase of this.#state.contents.purchases()) wake(purchase);
  }

  /** What was promised for this content over all runs, and will be owed once what is begun came. */
  promised(infoHash: InfoHash): Amount {
    return this.#spending.promised(infoHash);
  }
}

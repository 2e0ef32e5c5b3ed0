import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Message } from "../../../protocol/wire/voucher-stream.ts";
import type { ContentTerms, PaidWire, PayeePort, RequestDecision, WireMoney } from "../../exchange.ts";
import type { Allotters } from "../allotters.ts";
import type { PaymentContext } from "../context.ts";
import type { Standings } from "../standing/standings.ts";
import type { StreamEvents, VoucherStream } from "../voucher-node.ts";
import { ABANDONED_MS, forgiveAbandoned } from "./absence.ts";
import { type OnDefault, watchDues } from "./due-watch.ts";
import { acceptLane, closeAllLanes, closeEnding, closeNumber, detachStream, finishSale, settleSends } from "./lanes.ts";
import { Offers } from "./offers.ts";
import { blockUnsent, debtBytes, forgivePiece, pieceMissed, servedBytes, wireLost } from "./payee-ledger.ts";
import type { PayeeState } from "./payee-state.ts";
import { createPayeeWires } from "./payee-wires.ts";
import { BEAT_MS, beat, ranMs, startClock } from "./running-clock.ts";
import { Sales } from "./sales.ts";
import { resumeAll, serveBlock } from "./serve.ts";
import { takeVoucher } from "./take-voucher.ts";
import { createUploadTurns } from "./upload-turns.ts";

/** "bad" costs us a read and a hash. An honest payer bans its source after two. */
const MAX_BAD_PER_STREAM = 8;

interface PayeeParts {
  readonly standings: Standings;
  readonly allotters: Allotters;
  readonly onDefault: OnDefault;
}

/**
 * What this peer sells: whose offers it takes, how much each payer may owe, and the vouchers that
 * it holds.
 */
export class Payee implements PayeePort {
  readonly #state: PayeeState;
  readonly #offers: Offers;
  readonly #onDefault: OnDefault;
  #clock: ReturnType<typeof startClock>;
  #cancelBeat: (() => void) | null = null;

  constructor(context: PaymentContext, { standings, allotters, onDefault }: PayeeParts) {
    this.#clock = startClock(context.nowMs());
    const nowMs = (): number => ranMs(this.#clock, context.nowMs());
    this.#state = {
      context,
      standings,
      allotters,
      contents: new Map(),
      wires: createPayeeWires(),
      sales: new Sales(context.maxUnpaidBytes),
      turns: createUploadTurns({ slots: context.uploadSlots, nowMs }),
      nowMs,
    };
    this.#onDefault = onDefault;
    this.#offers = new Offers(this.#state, (sale, stream, lane, wire) => {
      acceptLane(this.#state, sale, stream, lane, wire);
      if (!this.#cancelBeat) this.#keepBeating();
    });
  }

  addContent(terms: ContentTerms): void {
    this.#state.contents.set(terms.infoHash, terms);
  }

  /** Takes no more offers for it, and closes its lanes. */
  removeContent(infoHash: InfoHash): Promise<void> {
    this.#state.contents.delete(infoHash);
    return closeAllLanes(this.#state, infoHash);
  }

  /** False: the remote's account is banned. */
  wireOpened(wire: PaidWire): boolean {
    const { standings, wires } = this.#state;
    if (standings.isBannedKey(wire.remoteKey)) return false;
    wires.add(wire);
    this.#offers.wireOpened(bytesToHex(wire.localToken));
    // An offer that waited for this wire may have told whose key it is.
    if (!standings.isBannedKey(wire.remoteKey)) return true;
    this.wireClosed(wire.wireId);
    return false;
  }

  wireClosed(wireId: string): void {
    const { sales, turns, wires } = this.#state;
    const sale = wires.remove(wireId);
    if (!sale) return;
    sales.change(sale, wireLost(sale.ledger, sale.sends));
    if (sale.wires.size === 0) turns.leave(sale);
  }

  /** A lane was accepted for this wire. */
  isAccepted(wireId: string): boolean {
    return this.#state.wires.saleOf(wireId) !== undefined;
  }

  /** A wire without an accepted lane is refused; for others `serve.ts` has the rule. */
  decideRequest(wireId: string, piece: number, offset: number, length: number): RequestDecision {
    const sale = this.#state.wires.saleOf(wireId);
    if (!sale) return "refuse";
    return serveBlock(this.#state, sale, { piece, pieceBytes: sale.terms.lengthOf(piece), offset, length });
  }

  blockUnsent(wireId: string, piece: number, offset: number, length: number): void {
    const { sales, wires } = this.#state;
    const sale = wires.saleOf(wireId);
    if (!sale) return;
    const block = { piece, pieceBytes: sale.terms.lengthOf(piece), offset, length };
    sales.change(sale, blockUnsent(sale.ledger, sale.sends, block));
    resumeAll(sales, sale);
  }

  pieceMissed(wireId: string, piece: number): void {
    const { sales, wires } = this.#state;
    const sale = wires.saleOf(wireId);
    if (sale) sales.change(sale, pieceMissed(sale.ledger, sale.sends, piece));
  }

  /** An offer of this session was accepted in this run. */
  isKnown(sessionKey: Address): boolean {
    for (const _ of this.#state.sales.ofSession(sessionKey)) return true;
    return false;
  }

  /** A payer opened a stream. */
  streamOpened(stream: VoucherStream): StreamEvents {
    let badCount = 0;
    const countBad = (): void => {
      badCount++;
      if (badCount > MAX_BAD_PER_STREAM) throw new ProtocolError("BAD_TOO_OFTEN", "too many pieces called bad");
    };
    return {
      message: (message) => this.#receive(stream, message, countBad),
      closed: () => this.#streamClosed(stream),
    };
  }

  /**
   * No more vouchers on this lane: stored, and told to the payer. False: this home has no such open
   * lane.
   */
  closeLane(payer: Address, lane: number): Promise<boolean> {
    return closeNumber(this.#state, payer, lane);
  }

  closeAll(): Promise<void> {
    return closeAllLanes(this.#state);
  }

  /** Lanes that take vouchers and have some: the authority may want them closed. */
  get openLanes(): number {
    let count = 0;
    for (const sale of this.#state.sales.all())
      for (const lane of sale.lanes.values()) if (!lane.isClosed && lane.amount > 0n) count++;
    return count;
  }

  /** Regular work: idle debts, abandoned pieces, lanes that end. */
  tick(): void {
    const { sales, nowMs } = this.#state;
    sales.forgetIdle(nowMs());
    for (const sale of sales.all()) {
      const ledger = forgiveAbandoned(sale.ledger, sale.sends, nowMs());
      if (ledger !== sale.ledger) {
        sales.change(sale, ledger);
        resumeAll(sales, sale);
      }
      if (nowMs() >= sale.activeAtMs + ABANDONED_MS) settleSends(sale);
      closeEnding(this.#state, sale);
    }
  }

  sold(wireId: string): WireMoney["sold"] {
    const { wires, sales, turns } = this.#state;
    const sale = wires.saleOf(wireId);
    if (!sale) return null;
    const { account, pricePerGiB, stored, forgivenBytes } = sale.ledger;
    return {
      ...{ account, pricePerGiB, amount: stored, lostBytes: forgivenBytes },
      unpaidBytes: debtBytes(sale.ledger),
      windowBytes: sales.toldWindow(sale),
      turn: turns.isServed(sale) ? "served" : turns.isWaiting(sale) ? "waiting" : "none",
    };
  }

  /** Of this run. */
  totals(): { readonly bytesUp: number; readonly earned: Amount } {
    let bytesUp = 0;
    let earned = 0n;
    for (const { ledger, before } of this.#state.sales.all()) {
      bytesUp += servedBytes(ledger);
      earned += ledger.stored - before;
    }
    return { bytesUp, earned };
  }

  stop(): void {
    this.#cancelBeat?.();
    this.#offers.stop();
  }

  #keepBeating(): void {
    const { context, turns } = this.#state;
    this.#cancelBeat = context.setTimer(() => {
      this.#clock = beat(this.#clock, context.nowMs());
      turns.beat();
      watchDues(this.#state, this.#onDefault);
      this.#keepBeating();
    }, BEAT_MS);
  }

  /** `countBad` throws when the stream has called too many pieces bad. */
  #receive(stream: VoucherStream, message: Message, countBad: () => void): void {
    const { context, sales } = this.#state;
    switch (message.type) {
      case "offer":
        this.#offers.take(stream, message);
        break;
      case "voucher":
        takeVoucher(this.#state, stream, message);
        break;
      case "bad":
        countBad();
        this.#takeBad(stream, message.infoHash, message.piece).catch(context.onFatal);
        break;
      case "done": {
        const sale = sales.find(stream.remoteKey, message.infoHash);
        if (sale) finishSale(this.#state, sale);
        break;
      }
      default:
        throw new ProtocolError("MESSAGE_UNEXPECTED", `a payer does not send "${message.type}"`);
    }
  }

  /** The payer called a piece bad: it owes nothing for it if our copy is wrong. */
  async #takeBad(stream: VoucherStream, infoHash: InfoHash, piece: number): Promise<void> {
    const { context, sales } = this.#state;
    const sale = sales.find(stream.remoteKey, infoHash);
    if (!sale?.sends.isBegun(piece)) return;
    const isRight = await context.torrent.recheckPiece(infoHash, piece);
    if (isRight || !sale.sends.isBegun(piece)) return;
    sales.change(sale, forgivePiece(sale.ledger, sale.sends, piece));
    resumeAll(sales, sale);
  }

  #streamClosed(stream: VoucherStream): void {
    const { sales, turns } = this.#state;
    for (const sale of sales.ofSession(stream.remoteKey)) {
      if (sale.stream !== stream) continue;
      detachStream(this.#state, sale);
      turns.leave(sale);
    }
  }
}

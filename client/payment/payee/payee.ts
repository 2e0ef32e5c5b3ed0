import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { SIGNATURE_BYTES } from "../../../protocol/base/secp256k1.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Complaint } from "../../../protocol/http/api.ts";
import type { Message, PayerMessage } from "../../../protocol/wire/voucher-stream.ts";
import { type ContentTerms, type PaidWire, type PayeePort, type PaymentPort, pieceBytes } from "../../exchange.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { PaymentContext } from "../context.ts";
import type { Standings } from "../standing/standings.ts";
import type { StreamEvents, VoucherStream } from "../voucher-node.ts";
import { createDueWatch } from "./due-watch.ts";
import { createOfferDesk } from "./offer-desk.ts";
import {
  blockUnsent,
  decideBlock,
  forgiveAbandoned,
  forgivePiece,
  lanesChanged,
  pieceMissed,
  servedBytes,
  streamClosed,
  streamOpened,
  wireLost,
} from "./payee-ledger.ts";
import { createPayeeWires } from "./payee-wires.ts";
import { BEAT_MS, beat, ranMs, startClock } from "./running-clock.ts";
import { assertWithinPools, createSales, type Sale } from "./sales.ts";
import { createServing } from "./upload-turns.ts";
import { judgeVoucher } from "./voucher-policy.ts";

/** What this peer sells: whose offers it takes, how far each payer may owe, and the vouchers that it holds. */
export interface Payee extends PayeePort {
  wireOpened: PaymentPort["wireOpened"];
  wireClosed: PaymentPort["wireClosed"];
  addContent(terms: ContentTerms): void;
  /** A payer opened a stream. */
  streamOpened(stream: VoucherStream): StreamEvents;
  /** No more vouchers on this lane: stored, and told to the payer. False: this home has no such open lane. */
  closeLane(payer: Address, lane: number): Promise<boolean>;
  closeAll(): Promise<void>;
  /** Lanes that take vouchers and have some: T may want them closed. */
  readonly openLanes: number;
  /** Regular work: lanes that ended. */
  tick(): void;
  /** Of this run. */
  totals(): { readonly bytesUp: number; readonly earned: Amount };
  stop(): void;
}

/** "bad" costs us a read and a hash: an honest payer bans its source after two. */
const MAX_BAD_PER_STREAM = 8;
const NO_SIGNATURE = new Uint8Array(SIGNATURE_BYTES);

/** `onDefault`: a payer has left a piece unpaid; never waited for. */
export function createPayee(
  context: PaymentContext,
  standings: Standings,
  onDefault: (complaint: Complaint) => void,
): Payee {
  const { network, separator, store, clock, torrent, nowMs } = context;
  const { acceptMarginSec } = network.info;
  const contents = new Map<InfoHash, ContentTerms>();
  const wires = createPayeeWires();
  const sales = createSales(context.maxUnpaidBytes);
  let running = startClock(nowMs());
  const ran = (): number => ranMs(running, nowMs());
  const serving = createServing({ slots: context.uploadSlots, nowMs: ran });
  const dueWatch = createDueWatch(context, { sales, standings, nowMs: ran, onDefault });

  const takesVouchers = (lane: PayeeLaneRecord): boolean =>
    !lane.isClosed && clock.now() < lane.allotment.expiresAt - acceptMarginSec;
  const recount = (sale: Sale): void =>
    sales.change(sale, lanesChanged(sale.ledger, [...sale.lanes.values()], takesVouchers, ran()));

  let cancelBeat: (() => void) | null = null;
  const keepBeating = (): void => {
    cancelBeat = context.setTimer(() => {
      running = beat(running, nowMs());
      serving.beat();
      dueWatch.beat();
      keepBeating();
    }, BEAT_MS);
  };

  /** What waited for a voucher may go on. */
  const resume = (sale: Sale): void => {
    for (const wire of sale.wires) wire.resume();
  };
  const resumeAll = (sale: Sale): void => {
    for (const one of new Set([sale, ...sales.takeWaiting(sale)])) resume(one);
  };

  const close = async (sale: Sale, lane: PayeeLaneRecord): Promise<void> => {
    if (lane.isClosed) return;
    const { payer, lane: number } = lane.allotment;
    // Nothing more is served for it; a voucher that is on its way is still taken.
    sale.lanes.set(number, { ...lane, isClosed: true });
    recount(sale);
    if ([...sale.lanes.values()].every(({ isClosed }) => isClosed)) serving.leave(sale);
    await store.saveClosed(payer, number);
    sale.stream?.send({ type: "closed", lane: number });
  };

  const accept = (sale: Sale, stream: VoucherStream, lane: PayeeLaneRecord, wire: PaidWire | null): void => {
    if (sale.stream !== stream) {
      if (sale.stream) detach(sale);
      sales.attach(sale, stream);
      sales.change(sale, streamOpened(sale.ledger, ran()));
    }
    sale.lanes.set(lane.allotment.lane, lane);
    recount(sale);
    stream.send({
      type: "accept",
      lane: lane.allotment.lane,
      windowBytes: sales.toldWindow(sale),
      amount: lane.amount,
      signature: lane.signature ?? NO_SIGNATURE,
    });
    if (wire && wires.isOpen(wire.wireId)) {
      wires.join(wire, sale);
      serving.join(sale);
    }
    // Its slot was kept over a change of streams.
    if (sale.wires.size === 0) serving.leave(sale);
    resume(sale);
    if (!cancelBeat) keepBeating();
  };

  const detach = (sale: Sale): void => {
    sales.detach(sale);
    sales.change(sale, streamClosed(sale.ledger));
    for (const wire of wires.leave(sale)) wire.choke();
  };

  const offers = createOfferDesk(context, { standings, sales, wires, contents, nowMs: ran, accept });

  const takeVoucher = (stream: VoucherStream, message: Extract<PayerMessage, { type: "voucher" }>): void => {
    const sale = [...sales.ofSession(stream.remoteKey)].find(
      (one) => one.stream === stream && one.lanes.has(message.lane),
    );
    const lane = sale?.lanes.get(message.lane);
    if (!sale || !lane)
      throw new ProtocolError("LANE_NOT_ACCEPTED", `voucher on lane ${message.lane}, which was not accepted`);
    const acknowledge = (amount: Amount): void =>
      stream.send({ type: "ack", lane: message.lane, amount, windowBytes: sales.toldWindow(sale) });
    const verdict = judgeVoucher(lane, message, { separator, now: clock.now() });
    if (verdict.type === "repeat") {
      acknowledge(lane.amount);
      return;
    }
    if (verdict.type === "refuse") {
      if (verdict.code !== "LANE_EXPIRED")
        throw new ProtocolError(verdict.code, `the voucher on lane ${message.lane} is not valid`);
      stream.send({ type: "closed", lane: message.lane });
      return;
    }
    const { voucher } = verdict;
    // Stored before anything is given for it.
    sale.storing++;
    store.saveVoucher(voucher).then(() => {
      sale.storing--;
      const current = sale.lanes.get(voucher.lane) ?? lane;
      if (voucher.amount > current.amount) {
        sale.lanes.set(voucher.lane, { ...current, amount: voucher.amount, signature: voucher.signature });
        const { coveredBytes } = sale.ledger;
        recount(sale);
        sales.touch(sale, ran());
        serving.paid(sale, sale.ledger.coveredBytes - coveredBytes);
      }
      acknowledge(sale.lanes.get(voucher.lane)?.amount ?? voucher.amount);
      resumeAll(sale);
    }, context.onFatal);
  };

  const takeBad = async (stream: VoucherStream, infoHash: InfoHash, piece: number): Promise<void> => {
    const sale = sales.find(stream.remoteKey, infoHash);
    if (!sale?.sends.isBegun(piece)) return;
    const isRight = await torrent.recheckPiece(infoHash, piece);
    if (isRight || !sale.sends.isBegun(piece)) return;
    sales.change(sale, forgivePiece(sale.ledger, sale.sends, piece));
    resumeAll(sale);
  };

  return {
    addContent: (terms) => void contents.set(terms.infoHash, terms),

    wireOpened(wire) {
      if (standings.isBannedKey(wire.remoteKey)) return false;
      wires.add(wire);
      offers.wireOpened(bytesToHex(wire.localToken));
      return true;
    },

    wireClosed(wireId) {
      const sale = wires.remove(wireId);
      if (!sale) return;
      sales.change(sale, wireLost(sale.ledger, sale.sends));
      if (sale.wires.size === 0) serving.leave(sale);
    },

    decideRequest(wireId, piece, offset, length) {
      const sale = wires.saleOf(wireId);
      if (!sale) return "refuse";
      const bytes = pieceBytes(sale.terms, piece);
      const isNew = !sale.sends.isBegun(piece);
      if (isNew && !(serving.isServed(sale) && sales.mayBegin(sale, bytes, ran()))) return "hold";
      const { decision, ledger } = decideBlock(
        sale.ledger,
        sale.sends,
        { piece, pieceBytes: bytes, offset, length },
        ran(),
      );
      if (ledger !== sale.ledger) sales.change(sale, ledger);
      if (isNew && decision === "serve") assertWithinPools(sale, bytes);
      return decision;
    },

    blockUnsent(wireId, piece, offset, length) {
      const sale = wires.saleOf(wireId);
      if (!sale) return;
      const block = { piece, pieceBytes: pieceBytes(sale.terms, piece), offset, length };
      sales.change(sale, blockUnsent(sale.ledger, sale.sends, block));
      resumeAll(sale);
    },

    pieceMissed(wireId, piece) {
      const sale = wires.saleOf(wireId);
      if (sale) sales.change(sale, pieceMissed(sale.ledger, sale.sends, piece));
    },

    streamOpened(stream) {
      let badCount = 0;
      return {
        message(message: Message) {
          switch (message.type) {
            case "offer":
              return offers.take(stream, message);
            case "voucher":
              return takeVoucher(stream, message);
            case "bad":
              badCount++;
              if (badCount > MAX_BAD_PER_STREAM) throw new ProtocolError("BAD_TOO_OFTEN", "too many pieces called bad");
              takeBad(stream, message.infoHash, message.piece).catch(context.onFatal);
              return;
            case "done": {
              const sale = sales.find(stream.remoteKey, message.infoHash);
              for (const lane of sale?.lanes.values() ?? []) if (sale) close(sale, lane).catch(context.onFatal);
              return;
            }
            default:
              throw new ProtocolError("MESSAGE_UNEXPECTED", `a payer does not send "${message.type}"`);
          }
        },
        closed() {
          for (const sale of sales.ofSession(stream.remoteKey)) {
            if (sale.stream !== stream) continue;
            detach(sale);
            serving.leave(sale);
          }
        },
      };
    },

    async closeLane(payer, lane) {
      for (const sale of sales.ofAccount(payer)) {
        const record = sale.lanes.get(lane);
        if (!record) continue;
        await close(sale, record);
        return !record.isClosed;
      }
      // Of an earlier run.
      const record = store.findPayeeLane(payer, lane);
      if (!record || record.isClosed) return false;
      await store.saveClosed(payer, lane);
      return true;
    },

    async closeAll() {
      await Promise.all([...sales.all()].flatMap((sale) => [...sale.lanes.values()].map((lane) => close(sale, lane))));
    },

    get openLanes() {
      return [...sales.all()].reduce(
        (sum, sale) => sum + [...sale.lanes.values()].filter((lane) => !lane.isClosed && lane.amount > 0n).length,
        0,
      );
    },

    tick() {
      sales.forgetIdle(ran());
      for (const sale of sales.all()) {
        const ledger = forgiveAbandoned(sale.ledger, sale.sends, ran());
        if (ledger !== sale.ledger) {
          sales.change(sale, ledger);
          resumeAll(sale);
        }
        for (const lane of sale.lanes.values()) {
          if (!lane.isClosed && clock.now() >= lane.allotment.expiresAt - acceptMarginSec)
            close(sale, lane).catch(context.onFatal);
        }
      }
    },

    totals() {
      let bytesUp = 0;
      let earned = 0n;
      for (const { ledger, before } of sales.all()) {
        bytesUp += servedBytes(ledger);
        earned += ledger.stored - before;
      }
      return { bytesUp, earned };
    },

    stop() {
      cancelBeat?.();
      offers.stop();
    },
  };
}

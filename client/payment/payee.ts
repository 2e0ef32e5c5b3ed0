import type { SignedAllotment } from "../../protocol/allotment.ts";
import type { Complaint } from "../../protocol/api.ts";
import { bytesToHex } from "../../protocol/bytes.ts";
import { BAN_SEC } from "../../protocol/constants.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { type Address, type InfoHash, parseAddress } from "../../protocol/ids.ts";
import type { Message, PayerMessage } from "../../protocol/messages.ts";
import { SIGNATURE_BYTES } from "../../protocol/secp256k1.ts";
import type { Amount } from "../../protocol/units.ts";
import { type ContentTerms, type PaidWire, type PaymentPort, pieceBytes } from "../exchange.ts";
import type { PayeeLaneRecord } from "../store/records.ts";
import { complaintOf } from "./complainer.ts";
import type { PaymentContext } from "./context.ts";
import { createEarlyOffers } from "./early-offers.ts";
import {
  checkDue,
  debtBytes,
  decideBlock,
  forgivePiece,
  lanesChanged,
  nextDueAtMs,
  openPayeeLedger,
  type PayeeLedger,
  streamClosed,
  streamOpened,
  windowBytes,
} from "./payee-ledger.ts";
import { createPieceSends, type PieceSends } from "./piece-sends.ts";
import type { StreamEvents, VoucherStream } from "./voucher-node.ts";
import { judgeOffer, judgeVoucher } from "./voucher-policy.ts";

/** What this peer sells: whose offers it takes, how far each payer may owe, and the vouchers that it holds. */
export interface Payee extends Pick<PaymentPort, "wireOpened" | "wireClosed" | "decideRequest"> {
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

/** One payer's session on one content. */
interface Sale {
  ledger: PayeeLedger;
  readonly terms: ContentTerms;
  readonly sends: PieceSends;
  /** What the store holds, ahead of it never. */
  readonly lanes: Map<number, PayeeLaneRecord>;
  stream: VoucherStream | null;
  /** Wires for which a lane was accepted on `stream`. */
  readonly wires: Set<string>;
  cancelDue: (() => void) | null;
  /** The balances of an earlier run. */
  readonly before: Amount;
}

/** "bad" costs us a read and a hash: an honest payer bans its source after two. */
const MAX_BAD_PER_STREAM = 8;
const NO_SIGNATURE = new Uint8Array(SIGNATURE_BYTES);

/** `onDefault`: a payer has left a piece unpaid; never waited for. */
export function createPayee(context: PaymentContext, onDefault: (complaint: Complaint) => void): Payee {
  const { identity, network, separator, store, clock, torrent, nowMs } = context;
  const { acceptMarginSec, allotmentPeriodSec, payDueSec } = network.info;
  const allotters = network.info.allotters.map(parseAddress);
  const contents = new Map<InfoHash, ContentTerms>();
  const sales = new Map<string, Sale>();
  const wires = new Map<string, PaidWire>();
  const wireByToken = new Map<string, PaidWire>();
  const saleOfWire = new Map<string, Sale>();
  const earlyOffers = createEarlyOffers(context.setTimer);

  const takesVouchers = (lane: PayeeLaneRecord): boolean =>
    !lane.isClosed && clock.now() < lane.allotment.expiresAt - acceptMarginSec;
  const recount = (sale: Sale): void => {
    sale.ledger = lanesChanged(sale.ledger, [...sale.lanes.values()], takesVouchers);
  };

  const saleOf = (allotment: SignedAllotment, terms: ContentTerms): Sale => {
    const { payer: account, sessionKey, infoHash, pricePerGiB } = allotment;
    const key = `${sessionKey} ${infoHash}`;
    const known = sales.get(key);
    if (known) return known;
    const records = store.listPayeeLanes(sessionKey, infoHash);
    const { defaults } = store.findStanding(account);
    const { pieceLength } = terms;
    const ledger = openPayeeLedger({
      account,
      sessionKey,
      infoHash,
      pricePerGiB,
      pieceLength,
      lanes: records,
      defaults,
    });
    const sale: Sale = {
      ledger,
      terms,
      sends: createPieceSends(),
      lanes: new Map(records.map((record) => [record.allotment.lane, record])),
      stream: null,
      wires: new Set(),
      cancelDue: null,
      before: ledger.stored,
    };
    sales.set(key, sale);
    return sale;
  };

  const watchDue = (sale: Sale): void => {
    if (sale.cancelDue) return;
    const dueAtMs = nextDueAtMs(sale.ledger, payDueSec);
    if (dueAtMs === null) return;
    sale.cancelDue = context.setTimer(
      () => {
        sale.cancelDue = null;
        const { ledger, isDefault, isBanned } = checkDue(sale.ledger, payDueSec, nowMs());
        sale.ledger = ledger;
        if (isDefault) punish(sale, isBanned);
        watchDue(sale);
      },
      Math.max(1, dueAtMs - nowMs()),
    );
  };

  const punish = (sale: Sale, isBanned: boolean): void => {
    const { account, sessionKey } = sale.ledger;
    // The account's other sessions and contents may have found more.
    const known = store.findStanding(account);
    const defaults = Math.max(known.defaults, sale.ledger.defaults);
    const bannedUntil = isBanned ? clock.now() + BAN_SEC : known.bannedUntil;
    store.saveStanding({ account, defaults, bannedUntil }).catch(context.onFatal);
    context.log(
      `payer ${account} left a piece unpaid for ${payDueSec} s: ${isBanned ? "banned" : "its window is one piece"}`,
    );
    if (isBanned) torrent.ban(sessionKey);
    const complaint = complaintOf(sale.lanes.values(), debtBytes(sale.ledger));
    if (complaint) onDefault(complaint);
  };

  /** What waited for a voucher may go on. */
  const resume = (sale: Sale): void => {
    for (const wireId of sale.wires) torrent.resume(wireId);
  };

  const close = async (sale: Sale, lane: PayeeLaneRecord): Promise<void> => {
    if (lane.isClosed) return;
    const { payer, lane: number } = lane.allotment;
    // Refused from now on; vouchers on their way to the store were queued before this.
    sale.lanes.set(number, { ...lane, isClosed: true });
    recount(sale);
    await store.saveClosed(payer, number);
    sale.stream?.send({ type: "closed", lane: number });
  };

  const accept = (sale: Sale, stream: VoucherStream, lane: PayeeLaneRecord, wire: PaidWire | null): void => {
    if (sale.stream !== stream) {
      if (sale.stream) detach(sale);
      sale.stream = stream;
      sale.ledger = streamOpened(sale.ledger, nowMs());
    }
    sale.lanes.set(lane.allotment.lane, lane);
    recount(sale);
    stream.send({
      type: "accept",
      lane: lane.allotment.lane,
      windowBytes: windowBytes(sale.ledger),
      amount: lane.amount,
      signature: lane.signature ?? NO_SIGNATURE,
    });
    if (wire && wires.has(wire.wireId)) {
      sale.wires.add(wire.wireId);
      saleOfWire.set(wire.wireId, sale);
      torrent.unchoke(wire.wireId);
    }
    resume(sale);
    watchDue(sale);
  };

  const detach = (sale: Sale): void => {
    sale.stream = null;
    sale.ledger = streamClosed(sale.ledger);
    for (const wireId of sale.wires) {
      saleOfWire.delete(wireId);
      torrent.choke(wireId);
    }
    sale.wires.clear();
  };

  const takeOffer = (
    stream: VoucherStream,
    message: Extract<PayerMessage, { type: "offer" }>,
    isLate: boolean,
  ): void => {
    const { allotment, wireToken } = message;
    const token = bytesToHex(wireToken);
    const found = wireByToken.get(token);
    const isEarly = !found && !isLate && wireToken.some((byte) => byte !== 0);
    if (isEarly && earlyOffers.park(token, allotment.lane, () => takeOffer(stream, message, true))) return;
    const wire = found?.remoteKey === stream.remoteKey ? found : null;
    const terms = contents.get(allotment.infoHash);
    const record = terms ? store.findPayeeLane(allotment.payer, allotment.lane) : null;
    const reason = judgeOffer(allotment, {
      separator,
      allotters,
      account: identity.account,
      sessionKey: identity.sessionKey,
      remoteKey: stream.remoteKey,
      isKnown: record !== null,
      wire: wire && {
        infoHash: wire.infoHash,
        remoteHost: wire.remoteHost,
        isTaken: (saleOfWire.get(wire.wireId)?.stream ?? stream) !== stream,
      },
      remoteHost: stream.remoteHost,
      priceFloor: terms?.pricePerGiB ?? 0n,
      now: clock.now(),
      acceptMarginSec,
      allotmentPeriodSec,
      bannedUntil: store.findStanding(allotment.payer).bannedUntil,
      isClosed: record?.isClosed ?? false,
    });
    if (reason !== null || !terms) {
      stream.send({ type: "refuse", lane: allotment.lane, reason: reason ?? "WRONG_CONTENT" });
      return;
    }
    const sale = saleOf(allotment, terms);
    if (sale.ledger.pricePerGiB !== allotment.pricePerGiB) {
      // One running total has one price.
      stream.send({ type: "refuse", lane: allotment.lane, reason: "PRICE_TOO_LOW" });
      return;
    }
    if (record) {
      // What is on its way to the store is newer than what was read.
      accept(sale, stream, sale.lanes.get(allotment.lane) ?? record, wire);
      return;
    }
    const lane: PayeeLaneRecord = {
      allotment,
      amount: 0n,
      signature: null,
      isClosed: false,
      receipt: null,
      isFinal: false,
      pushRefusal: null,
    };
    // Offered twice at once: the first may have been paid on already.
    const taken = (): void => accept(sale, stream, sale.lanes.get(allotment.lane) ?? lane, wire);
    store.saveAccepted(allotment).then(taken, context.onFatal);
  };

  const takeVoucher = (stream: VoucherStream, message: Extract<PayerMessage, { type: "voucher" }>): void => {
    const sale = [...sales.values()].find((one) => one.stream === stream && one.lanes.has(message.lane));
    const lane = sale?.lanes.get(message.lane);
    if (!sale || !lane)
      throw new ProtocolError("LANE_UNKNOWN", `voucher on lane ${message.lane}, which was not accepted`);
    const acknowledge = (amount: Amount): void =>
      stream.send({ type: "ack", lane: message.lane, amount, windowBytes: windowBytes(sale.ledger) });
    const verdict = judgeVoucher(lane, message, { separator, now: clock.now(), acceptMarginSec });
    if (verdict.type === "repeat") {
      acknowledge(lane.amount);
      return;
    }
    if (verdict.type === "refuse") {
      if (verdict.code !== "LANE_CLOSED" && verdict.code !== "LANE_EXPIRED")
        throw new ProtocolError(verdict.code, `the voucher on lane ${message.lane} is not valid`);
      stream.send({ type: "closed", lane: message.lane });
      return;
    }
    const { voucher } = verdict;
    // Stored before anything is given for it.
    store.saveVoucher(voucher).then(() => {
      const current = sale.lanes.get(voucher.lane) ?? lane;
      if (voucher.amount > current.amount) {
        sale.lanes.set(voucher.lane, { ...current, amount: voucher.amount, signature: voucher.signature });
        recount(sale);
      }
      acknowledge(sale.lanes.get(voucher.lane)?.amount ?? voucher.amount);
      resume(sale);
    }, context.onFatal);
  };

  const takeBad = async (stream: VoucherStream, infoHash: InfoHash, piece: number): Promise<void> => {
    const sale = sales.get(`${stream.remoteKey} ${infoHash}`);
    if (!sale?.sends.isBegun(piece)) return;
    const isRight = await torrent.recheckPiece(infoHash, piece);
    if (isRight || !sale.sends.isBegun(piece)) return;
    sale.ledger = forgivePiece(sale.ledger, sale.sends, piece);
    resume(sale);
  };

  return {
    addContent: (terms) => void contents.set(terms.infoHash, terms),

    wireOpened(wire) {
      const isBanned = [...sales.values()].some(
        ({ ledger }) =>
          ledger.sessionKey === wire.remoteKey && store.findStanding(ledger.account).bannedUntil > clock.now(),
      );
      if (isBanned) return false;
      const token = bytesToHex(wire.localToken);
      wires.set(wire.wireId, wire);
      wireByToken.set(token, wire);
      earlyOffers.opened(token);
      return true;
    },

    wireClosed(wireId) {
      const wire = wires.get(wireId);
      if (wire) wireByToken.delete(bytesToHex(wire.localToken));
      wires.delete(wireId);
      saleOfWire.get(wireId)?.wires.delete(wireId);
      saleOfWire.delete(wireId);
    },

    decideRequest(wireId, piece, offset, length) {
      const sale = saleOfWire.get(wireId);
      if (!sale) return "refuse";
      const block = { piece, pieceBytes: pieceBytes(sale.terms, piece), offset, length };
      const { decision, ledger } = decideBlock(sale.ledger, sale.sends, block, nowMs());
      sale.ledger = ledger;
      if (ledger.dues.length > 0) watchDue(sale);
      return decision;
    },

    streamOpened(stream) {
      let badCount = 0;
      return {
        message(message: Message) {
          switch (message.type) {
            case "offer":
              return takeOffer(stream, message, false);
            case "voucher":
              return takeVoucher(stream, message);
            case "bad":
              badCount++;
              if (badCount > MAX_BAD_PER_STREAM) throw new ProtocolError("BAD_TOO_OFTEN", "too many pieces called bad");
              takeBad(stream, message.infoHash, message.piece).catch(context.onFatal);
              return;
            case "done": {
              const sale = sales.get(`${stream.remoteKey} ${message.infoHash}`);
              for (const lane of sale?.lanes.values() ?? []) if (sale) close(sale, lane).catch(context.onFatal);
              return;
            }
            default:
              throw new ProtocolError("MESSAGE_UNEXPECTED", `a payer does not send "${message.type}"`);
          }
        },
        closed() {
          for (const sale of sales.values()) if (sale.stream === stream) detach(sale);
        },
      };
    },

    async closeLane(payer, lane) {
      for (const sale of sales.values()) {
        const record = sale.ledger.account === payer ? sale.lanes.get(lane) : undefined;
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
      await Promise.all(
        [...sales.values()].flatMap((sale) => [...sale.lanes.values()].map((lane) => close(sale, lane))),
      );
    },

    get openLanes() {
      return [...sales.values()].reduce(
        (sum, sale) => sum + [...sale.lanes.values()].filter((lane) => !lane.isClosed && lane.amount > 0n).length,
        0,
      );
    },

    tick() {
      for (const sale of sales.values()) {
        for (const lane of sale.lanes.values()) {
          if (!lane.isClosed && clock.now() >= lane.allotment.expiresAt - acceptMarginSec)
            close(sale, lane).catch(context.onFatal);
        }
      }
    },

    totals() {
      let bytesUp = 0;
      let earned = 0n;
      for (const { ledger, before } of sales.values()) {
        bytesUp += ledger.completeBytes;
        earned += ledger.stored - before;
      }
      return { bytesUp, earned };
    },

    stop() {
      for (const sale of sales.values()) sale.cancelDue?.();
      earlyOffers.stop();
    },
  };
}

import { expect } from "vitest";
import {
  countBlock,
  lanesChanged,
  openPayeeLedger,
  type PayeeLedger,
  vouchersSynced,
  windowBytes,
} from "../../../client/payment/payee/payee-ledger.ts";
import { PieceSends } from "../../../client/payment/payee/piece-sends.ts";
import { judgeBlock, type ServeVerdict } from "../../../client/payment/payee/serve.ts";
import { judgeVoucher } from "../../../client/payment/payee/voucher-policy.ts";
import {
  acceptedLane,
  ackedLane,
  askableBytes,
  beginPiece,
  planVouchers,
  signedVoucher,
  verifiedPiece,
} from "../../../client/payment/payer/payer-ledger.ts";
import { addLane, openPayerPair, type PayerPair } from "../../../client/payment/payer/payer-pair.ts";
import type { PayeeLaneRecord } from "../../../client/store/records.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/base/secp256k1.ts";
import { type Amount, owed } from "../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";

export const PRIVATE_KEY = new Uint8Array(32).fill(7);
export const SESSION = addressOfKey(publicKeyOf(PRIVATE_KEY));
export const separator = hashDomain({ chainId: 31_337, contract: `0x${"c0".repeat(20)}` });
export const PIECE = 256 * 1024;
export const PRICE = 1_000_003n;
export const CLOCK = { now: 1_000, acceptMarginSec: 10 };
export const KEY = {
  payee: `0x${"ee".repeat(20)}`,
  payeeKey: `0x${"e0".repeat(20)}`,
  infoHash: "a".repeat(40),
  pricePerGiB: PRICE,
} as const;

export const allotment = (lane: number, pieces: number, credit = 8, pricePerGiB: Amount = PRICE): SignedAllotment => ({
  ...KEY,
  pricePerGiB,
  payer: `0x${"aa".repeat(20)}`,
  sessionKey: SESSION,
  lane,
  cap: owed(pieces * PIECE, pricePerGiB),
  credit: credit * PIECE,
  expiresAt: 2_000,
  signature: new Uint8Array(64),
});

/** Both ledgers of one pair, joined by perfect delivery unless a step says otherwise. */
export class Pair {
  payer: PayerPair;
  payee: PayeeLedger;
  lanes: PayeeLaneRecord[];
  sends: PieceSends;
  nextPiece = 0;
  readonly asked: number[] = [];
  /**
   * Asked on a stream that went away: the payee counts them as begun, so they are asked of it again
   * first.
   */
  readonly lost: number[] = [];

  /** Caps and credit in pieces. */
  constructor(caps: readonly number[], credit = 8, pricePerGiB: Amount = PRICE) {
    const allotments = caps.map((pieces, lane) => allotment(lane, pieces, credit, pricePerGiB));
    this.payer = allotments.reduce(addLane, openPayerPair({ ...KEY, pricePerGiB }, null, [], SESSION));
    this.lanes = allotments.map((one) => ({
      allotment: one,
      amount: 0n,
      signature: null,
      isClosed: false,
      receipt: null,
      isFinal: false,
      pushRefusal: null,
    }));
    this.sends = new PieceSends();
    this.payee = this.openPayee();
    this.connect();
  }

  openPayee(): PayeeLedger {
    const { pricePerGiB } = this.payer;
    const init = { ...KEY, pricePerGiB, account: this.lanes[0]?.allotment.payer ?? KEY.payee, sessionKey: SESSION };
    return openPayeeLedger({ ...init, pieceLength: PIECE, lanes: this.lanes, defaults: 0 });
  }

  connect(): void {
    this.payee = lanesChanged(this.payee, this.lanes, () => true, 0);
    for (const {
      allotment: { lane },
      amount,
      signature,
    } of this.lanes) {
      const accept = { lane, amount, signature: signature ?? new Uint8Array(64), windowBytes: windowBytes(this.payee) };
      this.payer = acceptedLane(this.payer, accept, separator).pair;
    }
  }

  /** Asks for one piece if the payer's ledger allows it; the payee must then serve it. */
  ask(): boolean {
    if (askableBytes(this.payer, CLOCK, null) < PIECE) return false;
    const piece = this.lost.shift() ?? this.nextPiece++;
    this.payer = beginPiece(this.payer, PIECE);
    expect(this.serve(piece)).toBe("serve");
    this.asked.push(piece);
    return true;
  }

  /** The payee is asked for this piece, which is one block. */
  serve(piece: number): ServeVerdict {
    const block = { piece, pieceBytes: PIECE, offset: 0, length: PIECE };
    const verdict = judgeBlock({ ledger: this.payee, sends: this.sends, pools: [] }, block, true);
    if (verdict === "serve") this.payee = countBlock(this.payee, this.sends, block, 0);
    return verdict;
  }

  verify(): void {
    const piece = this.asked.shift();
    if (piece !== undefined) this.payer = verifiedPiece(this.payer, PIECE);
  }

  /** Signs what is due; the payee judges and stores it; `isAcked`: its answer arrives. */
  pay(isAcked: boolean): void {
    for (const voucher of planVouchers(this.payer, CLOCK)) {
      const signed = { ...voucher, signature: sign(hashVoucher(separator, voucher), PRIVATE_KEY) };
      this.payer = signedVoucher(this.payer, signed);
      const at = this.lanes.findIndex((lane) => lane.allotment.lane === voucher.lane);
      expect(judgeVoucher(this.lanes[at] as PayeeLaneRecord, signed, { separator, ...CLOCK }).type).toBe("accept");
      this.lanes[at] = { ...(this.lanes[at] as PayeeLaneRecord), amount: signed.amount, signature: signed.signature };
      this.payee = lanesChanged(this.payee, this.lanes, () => true, 0);
      this.payee = vouchersSynced(this.payee, this.payee.coveredBytes);
      const ack = { lane: voucher.lane, amount: signed.amount, windowBytes: windowBytes(this.payee) };
      if (isAcked) this.payer = ackedLane(this.payer, ack);
    }
  }

  get stored(): bigint {
    return this.lanes.reduce((sum, lane) => sum + lane.amount, 0n);
  }
}

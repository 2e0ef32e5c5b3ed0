import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  debtBytes,
  decideBlock,
  isDefault,
  lanesChanged,
  openPayeeLedger,
  type PayeeLedger,
  streamOpened,
  windowBytes,
  wireLost,
} from "../../../../client/payment/payee/payee-ledger.ts";
import { createPieceSends, type PieceSends } from "../../../../client/payment/payee/piece-sends.ts";
import { judgeVoucher } from "../../../../client/payment/payee/voucher-policy.ts";
import {
  acceptedLane,
  ackedLane,
  addLane,
  askableBytes,
  beginPiece,
  isPaidUp,
  openPayerPair,
  type PayerPair,
  planVouchers,
  releasePiece,
  signedVoucher,
  streamClosed,
  verifiedPiece,
} from "../../../../client/payment/payer/payer-ledger.ts";
import type { PayeeLaneRecord } from "../../../../client/store/records.ts";
import { bytesToHex } from "../../../../protocol/base/bytes.ts";
import { MAX_BLOCK_SENDS } from "../../../../protocol/base/constants.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../../protocol/base/secp256k1.ts";
import { owed } from "../../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../../protocol/signed/allotment.ts";
import { hashDomain } from "../../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../../protocol/signed/voucher.ts";

const PRIVATE_KEY = new Uint8Array(32).fill(7);
const SESSION = addressOfKey(publicKeyOf(PRIVATE_KEY));
const separator = hashDomain({ chainId: 31_337, contract: `0x${"c0".repeat(20)}` });
const PIECE = 256 * 1024;
const PRICE = 1_000_003n;
const CLOCK = { now: 1_000, acceptMarginSec: 10 };
const KEY = {
  payee: `0x${"ee".repeat(20)}`,
  payeeKey: `0x${"e0".repeat(20)}`,
  infoHash: "a".repeat(40),
  pricePerGiB: PRICE,
} as const;

const allotment = (lane: number, pieces: number, credit = 8): SignedAllotment => ({
  ...KEY,
  payer: `0x${"aa".repeat(20)}`,
  sessionKey: SESSION,
  lane,
  cap: owed(pieces * PIECE, PRICE),
  credit: credit * PIECE,
  expiresAt: 2_000,
  signature: new Uint8Array(64),
});

/** Both ledgers of one pair, joined by perfect delivery unless a step says otherwise. */
class Pair {
  payer: PayerPair;
  payee: PayeeLedger;
  lanes: PayeeLaneRecord[];
  sends: PieceSends;
  nextPiece = 0;
  readonly asked: number[] = [];
  /** Asked on a stream that went away: the payee counts them as begun, so they are asked of it again first. */
  readonly lost: number[] = [];

  /** Caps and credit in pieces. */
  constructor(caps: readonly number[], credit = 8) {
    const allotments = caps.map((pieces, lane) => allotment(lane, pieces, credit));
    this.payer = allotments.reduce(addLane, openPayerPair(KEY, null, [], SESSION));
    this.lanes = allotments.map((one) => ({
      allotment: one,
      amount: 0n,
      signature: null,
      isClosed: false,
      receipt: null,
      isFinal: false,
      pushRefusal: null,
    }));
    this.sends = createPieceSends();
    this.payee = this.openPayee();
    this.connect();
  }

  openPayee(): PayeeLedger {
    const init = { ...KEY, account: this.lanes[0]?.allotment.payer ?? KEY.payee, sessionKey: SESSION };
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
    const { decision, ledger } = decideBlock(
      this.payee,
      this.sends,
      { piece, pieceBytes: PIECE, offset: 0, length: PIECE },
      0,
    );
    expect(decision).toBe("serve");
    this.payee = ledger;
    this.asked.push(piece);
    return true;
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
      const ack = { lane: voucher.lane, amount: signed.amount, windowBytes: windowBytes(this.payee) };
      if (isAcked) this.payer = ackedLane(this.payer, ack);
    }
  }

  get stored(): bigint {
    return this.lanes.reduce((sum, lane) => sum + lane.amount, 0n);
  }
}

describe("the two ledgers of a pair", () => {
  const step = fc.constantFrom(
    "ask",
    "ask",
    "verify",
    "pay",
    "pay unheard",
    "reconnect",
    "payee restarts",
    "payer forgets",
  );

  test("agree over any schedule: an honest payer is always served, and pays exactly what it got", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const pair = new Pair([3, 6, 400]);
        const losses = new Map<number, number>();
        for (const what of steps) {
          if (what === "ask") pair.ask();
          else if (what === "verify") pair.verify();
          else if (what === "pay") pair.pay(true);
          else if (what === "pay unheard") pair.pay(false);
          // A block is sent MAX_BLOCK_SENDS times, however honest who asks for it.
          else if (pair.asked.every((piece) => (losses.get(piece) ?? 0) < MAX_BLOCK_SENDS - 1)) {
            for (const piece of pair.asked) losses.set(piece, (losses.get(piece) ?? 0) + 1);
            pair.payer = pair.asked.reduce((payer) => releasePiece(payer, PIECE), streamClosed(pair.payer));
            pair.payee = wireLost(pair.payee, pair.sends);
            pair.lost.push(...pair.asked.splice(0));
            if (what === "payee restarts") {
              pair.sends = createPieceSends();
              pair.payee = pair.openPayee();
            }
            if (what === "payer forgets") {
              const { verifiedBytes, adjust, lanes } = pair.payer;
              pair.payer = openPayerPair(
                KEY,
                { ...KEY, verifiedBytes, adjust },
                lanes.map((lane) => ({ allotment: lane.allotment, amount: lane.signed, signature: lane.signature })),
                SESSION,
              );
            }
            pair.connect();
          }
        }
        while (pair.asked.length > 0) pair.verify();
        pair.connect();
        pair.pay(true);
        expect(isPaidUp(pair.payer, CLOCK)).toBe(true);
        expect(pair.stored).toBe(owed(pair.payer.verifiedBytes, PRICE));
        expect(pair.payee.dues).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("the window starts at one piece, doubles with each payment, and ends at the credit", () => {
    const pair = new Pair([400]);
    const windows = Array.from({ length: 6 }, () => {
      const window = windowBytes(pair.payee) / PIECE;
      while (pair.ask()) pair.verify();
      pair.pay(true);
      return window;
    });
    expect(windows).toEqual([1, 2, 4, 8, 8, 8]);
  });

  test("a window of one piece never sticks, however the price rounds", () => {
    const pair = new Pair([400], 1);
    for (let piece = 0; piece < 300; piece++) {
      expect(pair.ask()).toBe(true);
      expect(pair.ask()).toBe(false);
      pair.verify();
      pair.pay(true);
    }
    expect(pair.stored).toBe(owed(300 * PIECE, PRICE));
  });

  test("a payer that stops paying gets its window and no more, also on a new stream", () => {
    const pair = new Pair([400]);
    for (let i = 0; i < 3; i++) {
      while (pair.ask()) pair.verify();
      pair.pay(true);
    }
    let got = 0;
    const steal = (): void => {
      for (let i = 0; i < 100; i++) {
        const piece = pair.nextPiece++;
        const block = { piece, pieceBytes: PIECE, offset: 0, length: PIECE };
        const { decision, ledger } = decideBlock(pair.payee, pair.sends, block, 0);
        pair.payee = ledger;
        if (decision === "serve") got++;
      }
    };
    steal();
    pair.connect();
    steal();
    expect(got).toBe(8);
    expect(debtBytes(pair.payee)).toBeLessThanOrEqual(8 * PIECE);
  });

  test("a complete piece that is unpaid for the due time is a default", () => {
    const pair = new Pair([400]);
    pair.ask();
    expect(isDefault(pair.payee, 3, 3_000)).toBe(false);
    pair.payee = streamOpened(pair.payee, 0);
    expect(isDefault(pair.payee, 3, 2_999)).toBe(false);
    expect(isDefault(pair.payee, 3, 3_000)).toBe(true);
    pair.verify();
    pair.pay(true);
    expect(isDefault(pair.payee, 3, 3_000)).toBe(false);
  });

  test("a home that lost what it signed adopts the payee's copy, and nothing that it did not sign", () => {
    const pair = new Pair([400]);
    pair.ask();
    pair.verify();
    pair.pay(true);
    const stored = pair.lanes[0] as PayeeLaneRecord;
    const signature = stored.signature as Uint8Array;
    const lost = addLane(openPayerPair(KEY, null, [], SESSION), stored.allotment);
    const accept = { lane: 0, amount: stored.amount, signature, windowBytes: PIECE };
    const { pair: found, adopted } = acceptedLane(lost, accept, separator);
    expect(adopted).toMatchObject({ lane: 0, amount: stored.amount });
    expect(found.adjust).toBe(stored.amount);
    expect(planVouchers(found, CLOCK)).toEqual([]);
    for (const wrong of [
      { ...accept, amount: stored.amount + 1n },
      { ...accept, amount: stored.allotment.cap + 1n },
      { ...accept, signature: new Uint8Array(64) },
    ])
      expect(() => acceptedLane(lost, wrong, separator)).toThrow(/accept is wrong/);
  });
});

describe("judgeVoucher", () => {
  const lane: PayeeLaneRecord = {
    allotment: allotment(5, 16),
    amount: 100n,
    signature: new Uint8Array(64),
    isClosed: false,
    receipt: null,
    isFinal: false,
    pushRefusal: null,
  };
  const { payer, payee } = lane.allotment;
  const digest = hashVoucher(separator, { payer, payee, lane: 5, amount: 200n });
  const good = { amount: 200n, signature: sign(digest, PRIVATE_KEY) };
  const context = { separator, ...CLOCK };
  const judge = (message: typeof good, record = lane, inside = context): unknown => {
    const verdict = judgeVoucher(record, message, inside);
    return verdict.type === "refuse" ? verdict.code : verdict.type;
  };

  test("takes what grows, repeats what does not", () => {
    expect(judge(good)).toBe("accept");
    expect(judge({ ...good, amount: 100n })).toBe("repeat");
    expect(judge({ ...good, amount: 0n })).toBe("repeat");
  });

  test("refuses a signature that is changed in any bit", () => {
    for (let bit = 0; bit < 512; bit++) {
      const signature = Uint8Array.from(good.signature);
      signature[bit >> 3] = (signature[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(judge({ ...good, signature }), bytesToHex(signature)).toBe("SIGNATURE_INVALID");
    }
  });

  test("refuses another lane's, payee's, payer's, chain's or contract's voucher", () => {
    const other = `0x${"99".repeat(20)}` as const;
    const change = (fields: object): PayeeLaneRecord => ({ ...lane, allotment: { ...lane.allotment, ...fields } });
    for (const fields of [{ lane: 6 }, { payee: other }, { payer: other }, { sessionKey: other }])
      expect(judge(good, change(fields))).toBe("SIGNATURE_INVALID");
    const chain = hashDomain({ chainId: 1, contract: `0x${"c0".repeat(20)}` });
    const contract = hashDomain({ chainId: 31_337, contract: other });
    for (const wrong of [chain, contract])
      expect(judge(good, lane, { ...context, separator: wrong })).toBe("SIGNATURE_INVALID");
  });

  test("refuses above the cap and at the end; takes what was on its way when the lane closed, or signed within the margin", () => {
    const cap = lane.allotment.cap + 1n;
    const signature = sign(hashVoucher(separator, { payer, payee, lane: 5, amount: cap }), PRIVATE_KEY);
    expect(judge({ amount: cap, signature })).toBe("AMOUNT_ABOVE_CAP");
    expect(judge(good, { ...lane, isClosed: true })).toBe("accept");
    expect(judge(good, lane, { ...context, now: 1_999 })).toBe("accept");
    expect(judge(good, lane, { ...context, now: 2_000 })).toBe("LANE_EXPIRED");
  });
});

test("what an earlier session has paid is not paid again", () => {
  const paid = { allotment: allotment(1, 4), amount: owed(4 * PIECE, PRICE), signature: new Uint8Array(64) };
  const record = { ...KEY, verifiedBytes: 4 * PIECE, adjust: 0n };
  const successor = { ...allotment(2, 4), sessionKey: `0x${"99".repeat(20)}` } as const;
  const pair = addLane(openPayerPair(KEY, record, [paid], successor.sessionKey), successor);
  const accept = { lane: 2, windowBytes: PIECE, amount: 0n, signature: new Uint8Array(64) };
  expect(planVouchers(acceptedLane(pair, accept, separator).pair, CLOCK)).toEqual([]);
});

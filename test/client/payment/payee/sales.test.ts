import fc from "fast-check";
import { expect, test } from "vitest";
import { debtBytes, lanesChanged } from "../../../../client/payment/payee/payee-ledger.ts";
import { IDLE_DEBT_MS, type Sale, Sales } from "../../../../client/payment/payee/sales.ts";
import { serveBlock } from "../../../../client/payment/payee/serve.ts";
import type { VoucherStream } from "../../../../client/payment/voucher-node.ts";
import type { PayeeLaneRecord } from "../../../../client/store/records.ts";
import type { Address } from "../../../../protocol/base/ids.ts";

const PIECE = 64 * 1024;
const LIMIT = 6 * PIECE;
/** One base unit a byte. */
const PRICE = 1n << 30n;
const stream: VoucherStream = {
  remoteKey: `0x${"00".repeat(20)}`,
  remoteHost: "127.0.0.1",
  send: () => undefined,
  keep: () => undefined,
  close: () => undefined,
  abort: () => undefined,
};

const record = (account: number, session: number): PayeeLaneRecord => ({
  allotment: {
    payer: `0x${`a${account}`.repeat(20)}`,
    payee: `0x${"ee".repeat(20)}`,
    sessionKey: `0x${`b${session}`.repeat(20)}` satisfies Address,
    payeeKey: `0x${"e0".repeat(20)}`,
    infoHash: "a".repeat(40),
    pricePerGiB: PRICE,
    lane: session,
    cap: 1n << 40n,
    credit: 8 * PIECE,
    expiresAt: 2_000,
    signature: new Uint8Array(64),
  },
  amount: 0n,
  signature: null,
  isClosed: false,
  receipt: null,
  isFinal: false,
  pushRefusal: null,
});

/** Two accounts, the second with two sessions. */
function openSales(): { sales: Sales; list: Sale[] } {
  const sales = new Sales(LIMIT);
  const list = [record(0, 0), record(1, 1), record(1, 2)].map((lane) => {
    const size = { pieceLength: PIECE, sizeBytes: 1_000 * PIECE, lengthOf: () => PIECE };
    const terms = { infoHash: "a".repeat(40), ...size, pricePerGiB: PRICE, sharePercent: 0 };
    const sale = sales.open(lane.allotment, terms, { lanes: [], defaults: 0 }, 0);
    sale.lanes.set(lane.allotment.lane, lane);
    // As after many payments.
    sales.change(sale, { ...lanesChanged(sale.ledger, [lane], () => true, 0), grownBytes: 8 * PIECE });
    sales.attach(sale, stream);
    return sale;
  });
  return { sales, list };
}

function begin(sales: Sales, sale: Sale, piece: number, nowMs: number): boolean {
  const block = { piece, pieceBytes: PIECE, offset: 0, length: PIECE };
  const state = { sales, turns: { isServed: () => true }, nowMs: () => nowMs };
  return serveBlock(state, sale, block) === "serve";
}

function pay(sales: Sales, sale: Sale, pieces: number): void {
  const [lane] = sale.lanes.values();
  const known = lane as PayeeLaneRecord;
  const next = { ...known, amount: known.amount + BigInt(pieces * PIECE) };
  sale.lanes.set(known.allotment.lane, next);
  sales.change(
    sale,
    lanesChanged(sale.ledger, [next], () => true, 0),
  );
}

test("the running sums equal the debts added up, and no begun piece passes a limit", () => {
  const step = fc.record({
    who: fc.integer({ min: 0, max: 2 }),
    what: fc.constantFrom("begin", "begin", "begin", "pay", "detach", "attach", "wait"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { sales, list } = openSales();
      let nowMs = 0;
      let piece = 0;
      for (const { who, what } of steps) {
        const sale = list[who] as Sale;
        if (what === "begin") begin(sales, sale, piece++, nowMs);
        if (what === "pay") pay(sales, sale, 1);
        if (what === "detach") sales.detach(sale);
        if (what === "attach") sales.attach(sale, stream);
        if (what === "wait") {
          nowMs += IDLE_DEBT_MS / 2;
          sales.forgetIdle(nowMs);
        }
        for (const { pools } of list) {
          for (const pool of pools) {
            const members = list.filter((one) => one.pools.includes(pool));
            const counted = members.filter(({ isCounted }) => isCounted);
            const sum = (sales: readonly Sale[]): number =>
              sales.reduce((total, { ledger }) => total + debtBytes(ledger), 0);
            const open = members.filter((one) => one.stream !== null);
            expect(pool).toMatchObject({
              debtBytes: sum(counted),
              idleDebtBytes: sum(counted.filter((one) => one.stream === null)),
              openSales: open.length,
              openPieceBytes: open.length * PIECE,
            });
          }
        }
      }
    }),
  );
});

test("a sale that the process limit holds is named once when another account pays", () => {
  const { sales, list } = openSales();
  const [first, second] = list as [Sale, Sale, Sale];
  for (let piece = 0; piece < 6; piece++) expect(begin(sales, first, piece, 0)).toBe(true);
  expect(begin(sales, second, 0, 0)).toBe(false);
  pay(sales, first, 1);
  expect(sales.takeWaiting(first)).toEqual([second]);
  expect(sales.takeWaiting(first)).toEqual([]);
  expect(begin(sales, second, 0, 0)).toBe(true);
});

test("a debt that is left unpaid for long holds back no other sale, but still its own", () => {
  const { sales, list } = openSales();
  const [thief, honest] = list as [Sale, Sale, Sale];
  for (let piece = 0; piece < 6; piece++) begin(sales, thief, piece, 0);
  sales.forgetIdle(IDLE_DEBT_MS - 1);
  expect(begin(sales, honest, 0, IDLE_DEBT_MS - 1)).toBe(false);
  sales.forgetIdle(IDLE_DEBT_MS);
  expect(begin(sales, honest, 0, IDLE_DEBT_MS)).toBe(true);
  expect(debtBytes(thief.ledger)).toBe(6 * PIECE);
});

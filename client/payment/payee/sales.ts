import { invariant } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { ContentTerms, PaidWire } from "../../exchange.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { VoucherStream } from "../voucher-node.ts";
import { accountLimit, type CreditPool, createCreditPool, fairShare, mayBegin } from "./credit-pools.ts";
import { debtBytes, openPayeeLedger, type PayeeLedger, windowBytes } from "./payee-ledger.ts";
import { createPieceSends, type PieceSends } from "./piece-sends.ts";

/** One payer's session on one content. */
export interface Sale {
  /** Changed by `Sales.change` only, which keeps the sums. */
  ledger: PayeeLedger;
  readonly terms: ContentTerms;
  readonly sends: PieceSends;
  /** What the store holds, ahead of it never. */
  readonly lanes: Map<number, PayeeLaneRecord>;
  /** Set by `attach` and `detach` only. */
  stream: VoucherStream | null;
  /** Wires for which a lane was accepted on `stream`. */
  readonly wires: Set<PaidWire>;
  /** The balances of an earlier run. */
  readonly before: Amount;
  readonly pools: readonly SalePool[];
  /** Its debt is in the sums. */
  isCounted: boolean;
  /** Vouchers that are good and not in the store yet. */
  storing: number;
  /** When it was last served or paid. */
  activeAtMs: number;
}

interface SalePool extends CreditPool {
  /** Held because this pool was full. */
  readonly waiting: Set<Sale>;
}

interface Account {
  readonly pool: SalePool;
  /** By content. */
  readonly pieceLengths: Map<InfoHash, number>;
  readonly sales: Set<Sale>;
}

/** All sales of this run, found by what a message or a wire names, and the sums of their debts. */
export interface Sales {
  /** The sale of this allotment's session and content, opened with what the store has of it. */
  open(allotment: SignedAllotment, terms: ContentTerms, stored: StoredSale, nowMs: number): Sale;
  find(sessionKey: Address, infoHash: InfoHash): Sale | undefined;
  ofSession(sessionKey: Address): Iterable<Sale>;
  ofAccount(account: Address): Iterable<Sale>;
  all(): Iterable<Sale>;
  attach(sale: Sale, stream: VoucherStream): void;
  detach(sale: Sale): void;
  change(sale: Sale, ledger: PayeeLedger): void;
  /** Something happened on it: its debt counts. */
  touch(sale: Sale, nowMs: number): void;
  /** Goes into `accept` and `ack`: who keeps it is never held because of its account's other sales. */
  toldWindow(sale: Sale): number;
  /** False: the account or this process is owed too much for one more piece; the sale waits until some of it is paid. */
  mayBegin(sale: Sale, pieceBytes: number, nowMs: number): boolean;
  /** Sales that waited for debts of these pools to be paid; they do not wait any more. */
  takeWaiting(sale: Sale): Sale[];
  /** Debts of sales that nothing happened on for long leave the sums: they are lost, and nobody else's business. */
  forgetIdle(nowMs: number): void;
}

interface StoredSale {
  readonly lanes: readonly PayeeLaneRecord[];
  readonly defaults: number;
}

/** A sale that was neither served nor paid for so long counts in no sum; its own window remembers. */
export const IDLE_DEBT_MS = 5 * 60_000;

export function createSales(maxUnpaidBytes: number): Sales {
  const createPool = (limit: number): SalePool => ({ ...createCreditPool(limit), waiting: new Set() });
  const everybody = createPool(maxUnpaidBytes);
  const accounts = new Map<Address, Account>();
  const sessions = new Map<Address, Map<InfoHash, Sale>>();
  const sales = new Set<Sale>();

  const accountOf = (address: Address): Account => {
    const account = accounts.get(address) ?? { pool: createPool(0), pieceLengths: new Map(), sales: new Set() };
    accounts.set(address, account);
    return account;
  };
  const addDebt = (sale: Sale, bytes: number): void => {
    for (const pool of sale.pools) {
      pool.debtBytes += bytes;
      if (!sale.stream) pool.idleDebtBytes += bytes;
    }
  };
  const touch = (sale: Sale, nowMs: number): void => {
    sale.activeAtMs = nowMs;
    if (sale.isCounted) return;
    sale.isCounted = true;
    addDebt(sale, debtBytes(sale.ledger));
  };
  /** `sign`: 1 with a stream, -1 without. */
  const setOpen = (sale: Sale, sign: 1 | -1): void => {
    for (const pool of sale.pools) {
      pool.openSales += sign;
      pool.openPieceBytes += sign * sale.ledger.pieceLength;
      if (sale.isCounted) pool.idleDebtBytes -= sign * debtBytes(sale.ledger);
    }
  };

  return {
    open(allotment, terms, stored, nowMs) {
      const { payer, sessionKey, infoHash, pricePerGiB } = allotment;
      const session = sessions.get(sessionKey) ?? new Map<InfoHash, Sale>();
      const known = session.get(infoHash);
      if (known) return known;
      const { pieceLength } = terms;
      const ledger = openPayeeLedger({ account: payer, sessionKey, infoHash, pricePerGiB, pieceLength, ...stored });
      const account = accountOf(payer);
      account.pieceLengths.set(infoHash, pieceLength);
      account.pool.limitBytes = accountLimit(account.pieceLengths.values());
      const sale: Sale = {
        ledger,
        terms,
        sends: createPieceSends(),
        lanes: new Map(stored.lanes.map((record) => [record.allotment.lane, record])),
        stream: null,
        storing: 0,
        wires: new Set(),
        before: ledger.stored,
        pools: [account.pool, everybody],
        isCounted: true,
        activeAtMs: nowMs,
      };
      sessions.set(sessionKey, session.set(infoHash, sale));
      account.sales.add(sale);
      sales.add(sale);
      return sale;
    },

    find: (sessionKey, infoHash) => sessions.get(sessionKey)?.get(infoHash),
    ofSession: (sessionKey) => sessions.get(sessionKey)?.values() ?? [],
    ofAccount: (account) => accounts.get(account)?.sales ?? [],
    all: () => sales,

    attach(sale, stream) {
      if (!sale.stream) setOpen(sale, 1);
      sale.stream = stream;
    },

    detach(sale) {
      if (sale.stream) setOpen(sale, -1);
      sale.stream = null;
    },

    change(sale, ledger) {
      const added = debtBytes(ledger) - debtBytes(sale.ledger);
      sale.ledger = ledger;
      if (added !== 0 && sale.isCounted) addDebt(sale, added);
    },

    touch,

    toldWindow(sale) {
      const { pieceLength } = sale.ledger;
      return Math.min(windowBytes(sale.ledger), ...sale.pools.map((pool) => fairShare(pool, pieceLength)));
    },

    mayBegin(sale, pieceBytes, nowMs) {
      touch(sale, nowMs);
      const full = sale.pools.find((pool) => !mayBegin(pool, pieceBytes));
      full?.waiting.add(sale);
      return full === undefined;
    },

    takeWaiting(sale) {
      return sale.pools.flatMap(({ waiting }) => {
        const taken = [...waiting];
        waiting.clear();
        return taken;
      });
    },

    forgetIdle(nowMs) {
      for (const sale of sales) {
        if (!sale.isCounted || nowMs < sale.activeAtMs + IDLE_DEBT_MS) continue;
        addDebt(sale, -debtBytes(sale.ledger));
        sale.isCounted = false;
      }
    },
  };
}

/** The sums never pass their limits by a piece that was begun just now. */
export function assertWithinPools(sale: Sale, pieceBytes: number): void {
  for (const { debtBytes, limitBytes } of sale.pools)
    invariant(debtBytes <= Math.max(limitBytes, pieceBytes), "POOL_EXCEEDED", "served beyond what may be owed in all");
}

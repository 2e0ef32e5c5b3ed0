import { invariant } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { ContentTerms, PaidWire } from "../../exchange.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { VoucherStream } from "../voucher-node.ts";
import { accountLimit, type CreditPool, createCreditPool, fairShare, mayBegin } from "./credit-pools.ts";
import { debtBytes, openPayeeLedger, type PayeeLedger, windowBytes } from "./payee-ledger.ts";
import { PieceSends } from "./piece-sends.ts";

/** What this peer sells to one session of a payer, of one content. */
export interface Sale {
  /** Changed by `Sales.change` only, which keeps the sums. */
  ledger: PayeeLedger;
  readonly terms: ContentTerms;
  readonly sends: PieceSends;
  /** Mirrors the store; never newer. */
  readonly lanes: Map<number, PayeeLaneRecord>;
  /** By lane: the amounts that a power cut cannot take. Only these are acknowledged. */
  readonly synced: Map<number, Amount>;
  /** Set by `attach` and `detach` only. */
  stream: VoucherStream | null;
  /** Wires for which a lane was accepted on `stream`. */
  readonly wires: Set<PaidWire>;
  /** Stored vouchers of earlier runs. */
  readonly before: Amount;
  readonly pools: readonly SalePool[];
  /** Its debt is in the sums. */
  isCounted: boolean;
  /** Good vouchers that are not in the store yet. */
  storing: number;
  /** The payer was told that it asks for the same blocks too often; until it pays. */
  isToldTooOften: boolean;
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

interface StoredSale {
  readonly lanes: readonly PayeeLaneRecord[];
  readonly defaults: number;
}

/**
 * A sale that was neither served nor paid for this long counts in no sum. Its own window still
 * holds its debt.
 */
export const IDLE_DEBT_MS = 5 * 60_000;

/** All sales of this run, found by what a message or a wire names, and the sums of their debts. */
export class Sales {
  readonly #everybody: SalePool;
  readonly #accounts = new Map<Address, Account>();
  readonly #sessions = new Map<Address, Map<InfoHash, Sale>>();
  readonly #sales = new Set<Sale>();

  constructor(maxUnpaidBytes: number) {
    this.#everybody = createPool(maxUnpaidBytes);
  }

  /** The sale of this allotment's session and content, opened with what the store has of it. */
  open(allotment: SignedAllotment, terms: ContentTerms, stored: StoredSale, nowMs: number): Sale {
    const { payer, sessionKey, infoHash, pricePerGiB } = allotment;
    const session = this.#sessions.get(sessionKey) ?? new Map<InfoHash, Sale>();
    const known = session.get(infoHash);
    if (known) return known;
    const { pieceLength } = terms;
    const ledger = openPayeeLedger({ account: payer, sessionKey, infoHash, pricePerGiB, pieceLength, ...stored });
    const account = this.#accountOf(payer);
    account.pieceLengths.set(infoHash, pieceLength);
    account.pool.limitBytes = accountLimit(account.pieceLengths.values());
    const sale: Sale = {
      ledger,
      terms,
      sends: new PieceSends(),
      lanes: new Map(stored.lanes.map((record) => [record.allotment.lane, record])),
      synced: new Map(stored.lanes.map(({ allotment: { lane }, amount }) => [lane, amount])),
      stream: null,
      storing: 0,
      isToldTooOften: false,
      wires: new Set(),
      before: ledger.stored,
      pools: [account.pool, this.#everybody],
      isCounted: true,
      activeAtMs: nowMs,
    };
    this.#sessions.set(sessionKey, session.set(infoHash, sale));
    account.sales.add(sale);
    this.#sales.add(sale);
    return sale;
  }

  find(sessionKey: Address, infoHash: InfoHash): Sale | undefined {
    return this.#sessions.get(sessionKey)?.get(infoHash);
  }

  ofSession(sessionKey: Address): Iterable<Sale> {
    return this.#sessions.get(sessionKey)?.values() ?? [];
  }

  ofAccount(account: Address): Iterable<Sale> {
    return this.#accounts.get(account)?.sales ?? [];
  }

  all(): Iterable<Sale> {
    return this.#sales;
  }

  attach(sale: Sale, stream: VoucherStream): void {
    if (!sale.stream) countStream(sale, 1);
    sale.stream = stream;
  }

  detach(sale: Sale): void {
    if (sale.stream) countStream(sale, -1);
    sale.stream = null;
  }

  change(sale: Sale, ledger: PayeeLedger): void {
    const added = debtBytes(ledger) - debtBytes(sale.ledger);
    sale.ledger = ledger;
    if (added !== 0 && sale.isCounted) addDebt(sale, added);
  }

  /** Something happened on this sale: its debt counts. */
  touch(sale: Sale, nowMs: number): void {
    sale.activeAtMs = nowMs;
    if (sale.isCounted) return;
    sale.isCounted = true;
    addDebt(sale, debtBytes(sale.ledger));
  }

  /**
   * Goes into `accept` and `ack`. A payer that stays within it is never held back by the account's
   * other sales.
   */
  toldWindow(sale: Sale): number {
    const { pieceLength } = sale.ledger;
    return Math.min(windowBytes(sale.ledger), ...sale.pools.map((pool) => fairShare(pool, pieceLength)));
  }

  /**
   * A pool of this sale has no room for one more piece: the sale waits until some of the pool's
   * debt is paid.
   */
  awaitRoom(sale: Sale, pieceBytes: number): void {
    sale.pools.find((pool) => !mayBegin(pool, pieceBytes))?.waiting.add(sale);
  }

  /** Sales that waited for debts of these pools to be paid. They no longer wait. */
  takeWaiting(sale: Sale): Sale[] {
    return sale.pools.flatMap(({ waiting }) => {
      const taken = [...waiting];
      waiting.clear();
      return taken;
    });
  }

  /** Idle sales stop counting toward the shared limits; their debt is written off there. */
  forgetIdle(nowMs: number): void {
    for (const sale of this.#sales) {
      if (!sale.isCounted || nowMs < sale.activeAtMs + IDLE_DEBT_MS) continue;
      addDebt(sale, -debtBytes(sale.ledger));
      sale.isCounted = false;
    }
  }

  #accountOf(address: Address): Account {
    const account = this.#accounts.get(address) ?? {
      pool: createPool(0),
      pieceLengths: new Map(),
      sales: new Set(),
    };
    this.#accounts.set(address, account);
    return account;
  }
}

/** The sums never pass their limits by more than the piece that was begun just now. */
export function assertWithinPools(sale: Sale, pieceBytes: number): void {
  for (const { debtBytes, limitBytes } of sale.pools)
    invariant(debtBytes <= Math.max(limitBytes, pieceBytes), "POOL_EXCEEDED", "served beyond what may be owed in all");
}

function createPool(limitBytes: number): SalePool {
  return { ...createCreditPool(limitBytes), waiting: new Set() };
}

function addDebt(sale: Sale, bytes: number): void {
  for (const pool of sale.pools) {
    pool.debtBytes += bytes;
    if (!sale.stream) pool.idleDebtBytes += bytes;
  }
}

/** `sign`: 1 when the sale gets a stream, -1 when it loses it. */
function countStream(sale: Sale, sign: 1 | -1): void {
  for (const pool of sale.pools) {
    pool.openSales += sign;
    pool.openPieceBytes += sign * sale.ledger.pieceLength;
    if (sale.isCounted) pool.idleDebtBytes -= sign * debtBytes(sale.ledger);
  }
}

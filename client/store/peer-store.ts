import { FloodgateError } from "../../protocol/base/errors.ts";
import { type ContentStore, openContentStore } from "./content-store.ts";
import { type DailyMoneyStore, openDailyMoney } from "./daily-money.ts";
import { openDatabase, openDatabaseToRead } from "./database.ts";
import { openPayeeStore, type PayeeStore } from "./payee-store.ts";
import { openPayerStore, type PayerStore } from "./payer-store.ts";
import type { PayeeLaneRecord } from "./records.ts";
import { openStandingStore, type StandingStore } from "./standing-store.ts";
import { Tables } from "./tables.ts";
import { openTrafficStore, type TrafficStore } from "./traffic-store.ts";
import { createWalSync } from "./wal-sync.ts";
import { WriteQueue } from "./write-queue.ts";

/**
 * The money memory of one peer home. Every `save` resolves when its record is durable, so act after
 * it. Writes made in one turn share an fsync, in order. Each save may be repeated, and never lowers
 * an amount. Reads see all saves made before them. A failed write rejects with FloodgateError
 * STORE_FAILED: stop handling money on what it was about.
 */
export interface PeerStore extends PayerStore, PayeeStore, StandingStore, ContentStore, DailyMoneyStore, TrafficStore {
  /** Commits what waits, and gives the home back. Later saves reject. */
  close(): void;
}

/**
 * Opens or creates the store in `home`, a private directory.
 * @throws {InputError} HOME_IN_USE, STORE_UNUSABLE, STORE_TOO_NEW
 */
export function openPeerStore(home: string): PeerStore {
  const owned = openDatabase(home);
  const { db } = owned;
  const wal = createWalSync(db.name);
  const queue = new WriteQueue(db, () => wal.sync());
  const tables = new Tables(db, queue);
  const money = openDailyMoney(tables);
  return {
    ...openPayerStore(tables, money.journal),
    ...openPayeeStore(tables, money.journal),
    ...openStandingStore(tables),
    ...openContentStore(tables),
    ...openTrafficStore(tables),
    ...money.store,
    close() {
      queue.flush();
      // A reader may keep the log alive, and then closing syncs nothing.
      wal.syncNow();
      owned.close();
      queue.settle();
      queue.fail(new FloodgateError("STORE_CLOSED", "the store of this home is closed"));
      wal.close();
    },
  };
}

/**
 * All lanes of a home that have a voucher, oldest expiry first, also while a peer works with it.
 * @throws {InputError} STORE_UNUSABLE, STORE_TOO_NEW; HOME_IN_USE, when an older version wrote it
 */
export function readStoredVouchers(home: string): PayeeLaneRecord[] {
  const db = openDatabaseToRead(home);
  if (db === null) {
    const store = openPeerStore(home);
    try {
      return store.listVouchers();
    } finally {
      store.close();
    }
  }
  try {
    const nothingWaits = new WriteQueue(db, () => Promise.resolve());
    const tables = new Tables(db, nothingWaits);
    return openPayeeStore(tables, openDailyMoney(tables).journal).listVouchers();
  } finally {
    db.close();
  }
}

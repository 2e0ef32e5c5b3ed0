import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { openPeerStore, readStoredVouchers } from "../../../client/store/peer-store.ts";
import { MIGRATIONS } from "../../../client/store/schema.ts";
import { lane1 } from "./allotments.ts";
import { StoreHome } from "./store-home.ts";

const home = new StoreHome();
const { payer } = lane1;

test("a home belongs to one process at a time", () => {
  expect(() => openPeerStore(home.path)).toThrow(expect.objectContaining({ code: "HOME_IN_USE" }));
});

test("another process reads the vouchers of a home that a peer works with, and sees all of them", async () => {
  const voucher = (amount: bigint) => ({ ...lane1, amount, signature: new Uint8Array(64).fill(9) });
  const seen = () => readStoredVouchers(home.path).map(({ amount }) => amount);
  expect(seen()).toEqual([]);
  await home.store.saveAccepted(lane1);
  await home.store.saveVoucher(voucher(1n)).synced;
  expect(seen()).toEqual([1n]);
  await home.store.saveVoucher(voucher(2n)).synced;
  expect(seen()).toEqual([2n]);
  home.reopen();
  expect(seen()).toEqual([2n]);
});

test("what a reader holds open keeps no voucher from the disk at the end", async () => {
  const reader = new Database(join(home.path, "peer.sqlite"), { readonly: true });
  reader.prepare("SELECT * FROM payeeLanes").all();
  await home.store.saveAccepted(lane1);
  home.reopen();
  expect(home.store.findPayeeLane(payer, lane1.lane)).not.toBeNull();
  reader.close();
});

describe("a store of another version", () => {
  const change = (act: (db: Database.Database) => void): void => {
    const db = new Database(join(home.path, "peer.sqlite"));
    act(db);
    db.close();
  };

  test("that is the first one is brought up to date, with all its records", () => {
    home.store.close();
    rmSync(join(home.path, "peer.sqlite"));
    change((db) => {
      db.exec(MIGRATIONS[0] as string);
      db.exec(`INSERT INTO standings (account, defaults, bannedUntil) VALUES ('${payer}', 2, 77)`);
      db.pragma("user_version = 1");
    });
    home.open();
    expect(home.store.findStanding(payer)).toEqual({ account: payer, defaults: 2, badPieces: 0, bannedUntil: 77 });
    home.reopen();
    expect(home.store.findStanding(payer).defaults).toBe(2);
  });

  test("that is newer is refused and left as it is", () => {
    home.store.close();
    change((db) => db.pragma("user_version = 99"));
    expect(() => openPeerStore(home.path)).toThrow(expect.objectContaining({ code: "STORE_TOO_NEW" }));
    change((db) => {
      expect(db.pragma("user_version", { simple: true })).toBe(99);
      db.pragma(`user_version = ${MIGRATIONS.length}`);
    });
    home.open();
  });
});

import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { openPeerStore } from "../../../client/store/peer-store.ts";
import { MIGRATIONS } from "../../../client/store/schema.ts";
import { lane1 } from "./allotments.ts";
import { StoreHome } from "./store-home.ts";

const home = new StoreHome();
const { payer } = lane1;

test("a home belongs to one process at a time", () => {
  expect(() => openPeerStore(home.path)).toThrow(expect.objectContaining({ code: "HOME_IN_USE" }));
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

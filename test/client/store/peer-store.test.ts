import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openPeerStore, type PeerStore } from "../../../client/store/peer-store.ts";
import { MIGRATIONS } from "../../../client/store/schema.ts";
import { allotmentOf } from "./allotments.ts";

let home: string;
let store: PeerStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "floodgate-store-"));
  store = openPeerStore(home);
});
afterEach(() => {
  store.close();
  rmSync(home, { recursive: true });
});

const lane1 = allotmentOf(1);
const { payer, payee, payeeKey, infoHash, pricePerGiB } = lane1;
const pair = { payee, payeeKey, infoHash, pricePerGiB };
const voucher = (amount: bigint, fill = 9) => ({
  payer,
  payee,
  lane: 1,
  amount,
  signature: new Uint8Array(64).fill(fill),
});

function reopen(): void {
  store.close();
  store = openPeerStore(home);
}

describe("as payer", () => {
  test("lanes and the highest signed amount survive, lower ones change nothing", async () => {
    await Promise.all([
      store.saveAllotment(allotmentOf(2)),
      store.saveAllotment(lane1),
      store.saveSigned(voucher(2n ** 90n)),
    ]);
    await store.saveSigned(voucher(5n, 1));
    reopen();
    expect(store.listPayerLanes(infoHash)).toEqual([
      { allotment: lane1, amount: 2n ** 90n, signature: new Uint8Array(64).fill(9) },
      { allotment: allotmentOf(2), amount: 0n, signature: null },
    ]);
  });

  test("a lane is found by its number, and told apart when it has a voucher and how long it lasts", async () => {
    await Promise.all([store.saveAllotment(lane1), store.saveAllotment(allotmentOf(2)), store.saveSigned(voucher(5n))]);
    reopen();
    expect(store.findPayerLane(1)).toMatchObject({ allotment: lane1, amount: 5n });
    expect(store.findPayerLane(3)).toBeNull();
    // Lane 1 ends at 2,001; nothing was signed on lane 2, which ends later.
    expect(store.hasSigned(lane1.sessionKey, 2_000)).toBe(true);
    expect(store.hasSigned(lane1.sessionKey, 2_001)).toBe(false);
    expect(store.hasSigned(payee, 2_000)).toBe(false);
  });

  test("a piece counts once, for who was asked last", async () => {
    const other = { ...pair, payeeKey: `0x${"e1".repeat(20)}` as const };
    await store.saveAsked(pair, [3, 4]);
    await store.saveAsked(other, [4]);
    await store.saveVerified(
      infoHash,
      [4, 4, 3, 9].map((piece) => ({ piece, lengthBytes: 1_000 + piece })),
    );
    reopen();
    expect(store.listPairs(infoHash)).toEqual([
      { ...pair, verifiedBytes: 1_003, adjust: 0n },
      { ...other, verifiedBytes: 1_004, adjust: 0n },
    ]);
    expect(store.listPieces(infoHash)).toEqual([
      { piece: 3, pair, state: "verified" },
      { piece: 4, pair: other, state: "verified" },
    ]);
  });

  test("an adjustment only grows", async () => {
    await store.saveAdjust(pair, 10n);
    await store.saveAdjust(pair, 3n);
    expect(store.listPairs(infoHash)[0]?.adjust).toBe(10n);
  });
});

describe("as payee", () => {
  test("what T does not know is pushed: new vouchers, and that a lane is final", async () => {
    const amounts = (): bigint[] => store.listToPush(10).map((lane) => lane.amount);
    await store.saveAccepted(lane1);
    expect(amounts()).toEqual([]);
    await store.saveVoucher(voucher(100n));
    expect(amounts()).toEqual([100n]);
    const receipt = { payer, payee, lane: 1, amount: 100n, receivedAt: 5, signature: new Uint8Array(64).fill(3) };
    await store.saveReceipt(receipt, false);
    expect(amounts()).toEqual([]);
    await store.saveClosed(payer, 1);
    expect(amounts()).toEqual([100n]);
    await store.saveReceipt(receipt, true);
    expect(amounts()).toEqual([]);
    expect(store.findPayeeLane(payer, 1)).toMatchObject({ receipt, isFinal: true, isClosed: true });
  });

  test("a voucher that T refused is not pushed again until there is a higher one", async () => {
    await store.saveAccepted(lane1);
    await store.saveVoucher(voucher(100n));
    await store.savePushRefused(payer, 1, 100n, "LANE_EXPIRED");
    expect(store.listToPush(10)).toEqual([]);
    await store.saveVoucher(voucher(101n));
    expect(store.listToPush(10).map((lane) => lane.amount)).toEqual([101n]);
  });

  test("all vouchers are listed for a claim, also what T has or refused; oldest expiry first", async () => {
    const lane2 = allotmentOf(2);
    for (const lane of [lane2, lane1, allotmentOf(3)]) await store.saveAccepted(lane);
    await store.saveVoucher({ ...voucher(70n), lane: 2 });
    await store.saveVoucher(voucher(100n));
    await store.saveClosed(payer, 2);
    await store.savePushRefused(payer, 2, 70n, "LANE_EXPIRED");
    reopen();
    expect(store.listVouchers()).toMatchObject([
      { allotment: lane1, amount: 100n, signature: voucher(100n).signature },
      { allotment: lane2, amount: 70n },
    ]);
  });

  test("a voucher that comes when its lane was closed and pushed is pushed again, as final", async () => {
    await store.saveAccepted(lane1);
    await store.saveVoucher(voucher(100n));
    await store.saveClosed(payer, 1);
    await store.saveReceipt({ ...voucher(100n), receivedAt: 1, signature: new Uint8Array(64) }, true);
    expect(store.listToPush(10)).toEqual([]);
    await store.saveVoucher(voucher(101n));
    expect(store.listToPush(10)).toEqual([expect.objectContaining({ amount: 101n, isClosed: true, isFinal: false })]);
  });

  test("nothing is stored above the cap, and the store then stops", async () => {
    await store.saveAccepted(lane1);
    await expect(store.saveVoucher(voucher(lane1.cap + 1n))).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(store.saveClosed(payer, 1)).rejects.toMatchObject({ code: "STORE_FAILED" });
    expect(store.findPayeeLane(payer, 1)?.amount).toBe(0n);
  });

  test("an acknowledged voucher survives kill -9", async () => {
    store.close();
    const args = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "store-writer.ts"), home];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let acknowledged = 0n;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = BigInt(line);
      if (acknowledged === 200n) child.kill("SIGKILL");
    }
    if (child.signalCode === null) await once(child, "exit");
    store = openPeerStore(home);
    expect(acknowledged).toBeGreaterThanOrEqual(200n);
    expect(store.findPayeeLane(payer, 1)?.amount).toBeGreaterThanOrEqual(acknowledged);
  });
});

test("a home has one process at a time", () => {
  expect(() => openPeerStore(home)).toThrow(expect.objectContaining({ code: "HOME_IN_USE" }));
});

test("lanes of a payee that ended before the time that is named are forgotten", async () => {
  await store.saveAccepted(lane1);
  await store.forgetLanes(2_001);
  expect(store.findPayeeLane(payer, 1)).not.toBeNull();
  await store.forgetLanes(2_002);
  expect(store.findPayeeLane(payer, 1)).toBeNull();
});

test("how an account behaved is kept", async () => {
  expect(store.findStanding(payer)).toEqual({ account: payer, defaults: 0, badPieces: 0, bannedUntil: 0 });
  await store.saveStanding({ account: payer, defaults: 1, badPieces: 3, bannedUntil: 77 });
  reopen();
  expect(store.findStanding(payer)).toEqual({ account: payer, defaults: 1, badPieces: 3, bannedUntil: 77 });
});

describe("a store of another version", () => {
  const change = (act: (db: Database.Database) => void): void => {
    const db = new Database(join(home, "peer.sqlite"));
    act(db);
    db.close();
  };

  test("of the first one is brought up to date, with all that is in it", () => {
    store.close();
    rmSync(join(home, "peer.sqlite"));
    change((db) => {
      db.exec(MIGRATIONS[0] as string);
      db.exec(`INSERT INTO standings (account, defaults, bannedUntil) VALUES ('${payer}', 2, 77)`);
      db.pragma("user_version = 1");
    });
    store = openPeerStore(home);
    expect(store.findStanding(payer)).toEqual({ account: payer, defaults: 2, badPieces: 0, bannedUntil: 77 });
    reopen();
    expect(store.findStanding(payer).defaults).toBe(2);
  });

  test("that is newer is refused and left as it is", () => {
    store.close();
    change((db) => db.pragma("user_version = 99"));
    expect(() => openPeerStore(home)).toThrow(expect.objectContaining({ code: "STORE_TOO_NEW" }));
    change((db) => {
      expect(db.pragma("user_version", { simple: true })).toBe(99);
      db.pragma(`user_version = ${MIGRATIONS.length}`);
    });
    store = openPeerStore(home);
  });
});

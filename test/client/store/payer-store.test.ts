import { expect, test } from "vitest";
import { allotmentOf, lane1, voucher } from "./allotments.ts";
import { StoreHome } from "./store-home.ts";

const home = new StoreHome();
const { payee, payeeKey, infoHash, pricePerGiB } = lane1;
const pair = { payee, payeeKey, infoHash, pricePerGiB };

test("lanes and the highest signed amount survive; a lower amount changes nothing", async () => {
  await Promise.all([
    home.store.saveAllotment(allotmentOf(2)),
    home.store.saveAllotment(lane1),
    home.store.saveSigned(voucher(2n ** 90n)),
  ]);
  await home.store.saveSigned(voucher(5n, 1));
  home.reopen();
  expect(home.store.listPayerLanes(infoHash)).toEqual([
    { allotment: lane1, amount: 2n ** 90n, signature: new Uint8Array(64).fill(9) },
    { allotment: allotmentOf(2), amount: 0n, signature: null },
  ]);
});

test("a lane is found by its number; a session has signed where a live lane has a voucher", async () => {
  await Promise.all([
    home.store.saveAllotment(lane1),
    home.store.saveAllotment(allotmentOf(2)),
    home.store.saveSigned(voucher(5n)),
  ]);
  home.reopen();
  expect(home.store.findPayerLane(1)).toMatchObject({ allotment: lane1, amount: 5n });
  expect(home.store.findPayerLane(3)).toBeNull();
  // Lane 1 ends at 2,001; nothing was signed on lane 2, which ends later.
  expect(home.store.hasSigned(lane1.sessionKey, 2_000)).toBe(true);
  expect(home.store.hasSigned(lane1.sessionKey, 2_001)).toBe(false);
  expect(home.store.hasSigned(payee, 2_000)).toBe(false);
});

test("a piece counts once, for the payee that was asked last", async () => {
  const other = { ...pair, payeeKey: `0x${"e1".repeat(20)}` as const };
  await home.store.saveAsked(pair, [3, 4]);
  await home.store.saveAsked(other, [4]);
  await home.store.saveVerified(
    infoHash,
    [4, 4, 3, 9].map((piece) => ({ piece, lengthBytes: 1_000 + piece })),
  );
  home.reopen();
  expect(home.store.listPairs(infoHash)).toEqual([
    { ...pair, verifiedBytes: 1_003, adjust: 0n },
    { ...other, verifiedBytes: 1_004, adjust: 0n },
  ]);
  expect(home.store.listPieces(infoHash)).toEqual([
    { piece: 3, pair, state: "verified" },
    { piece: 4, pair: other, state: "verified" },
  ]);
});

test("an adjustment only grows", async () => {
  await home.store.saveAdjust(pair, 10n);
  await home.store.saveAdjust(pair, 3n);
  expect(home.store.listPairs(infoHash)[0]?.adjust).toBe(10n);
});

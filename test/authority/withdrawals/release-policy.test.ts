import { expect, test } from "vitest";
import { judgeRelease, type ReleaseWish } from "../../../authority/withdrawals/release-policy.ts";

const NOW = 10_000;
const lane = (cap: bigint, expiresAt: number, paid = 0n, paidAtBlock: number | null = null) => ({
  cap,
  expiresAt,
  paid,
  paidAtBlock,
  settling: 0n,
});

const judge = (change: Partial<ReleaseWish> & { amount: bigint }) =>
  judgeRelease({
    account: { balance: 1_000n, withdrawing: 0n, releaseNonce: 4 },
    lanes: [],
    releases: [],
    block: { number: 50, timestamp: NOW },
    allotmentPeriodSec: 120,
    claimPeriodSec: 120,
    lifetimeSec: 60,
    ...change,
  });

test("what lanes may still take is kept back until they have all ended", () => {
  const lanes = [lane(300n, NOW + 100), lane(200n, NOW + 10), lane(50n, NOW - 120)];
  expect(judge({ amount: 501n, lanes })).toEqual({ isFree: false, free: 500n, freeAt: NOW + 10 + 120 });
  expect(judge({ amount: 701n, lanes })).toEqual({ isFree: false, free: 500n, freeAt: NOW + 100 + 120 });
  expect(judge({ amount: 500n, lanes })).toEqual({ isFree: true, nonce: 4, deadline: NOW + 60 });
});

test("what lanes have paid by the block is in the balance, and what they paid later is not", () => {
  expect(judge({ amount: 801n, lanes: [lane(300n, NOW, 100n, 50)] })).toMatchObject({ isFree: false, free: 800n });
  expect(judge({ amount: 701n, lanes: [lane(300n, NOW, 100n, 51)] })).toMatchObject({ isFree: false, free: 700n });
});

test("what a settlement still takes is kept back after the claim window, until a block shows it", () => {
  const settling = { ...lane(300n, NOW - 120), settling: 200n };
  expect(judge({ amount: 801n, lanes: [settling] })).toEqual({ isFree: false, free: 800n, freeAt: null });
  const settled = { ...settling, paid: 200n };
  expect(judge({ amount: 801n, lanes: [{ ...settled, paidAtBlock: 51 }] })).toMatchObject({ free: 800n });
  expect(judge({ amount: 1_000n, lanes: [{ ...settled, paidAtBlock: 50 }] })).toMatchObject({ isFree: true });
});

test("what is asked back already waits for its delay", () => {
  const account = { balance: 1_000n, withdrawing: 400n, releaseNonce: 4 };
  expect(judge({ amount: 601n, account })).toEqual({ isFree: false, free: 600n, freeAt: null });
});

test("one release is open at a time, until the chain has used it or its deadline is over", () => {
  const releases = [{ amount: 10n, nonce: 4, deadline: NOW }];
  expect(judge({ amount: 1n, releases })).toEqual({ isFree: false, free: 0n, freeAt: NOW + 1 });
  expect(judge({ amount: 1_000n, releases, block: { number: 51, timestamp: NOW + 1 } })).toMatchObject({
    isFree: true,
  });
  const account = { balance: 990n, withdrawing: 0n, releaseNonce: 5 };
  expect(judge({ amount: 990n, releases, account })).toEqual({ isFree: true, nonce: 5, deadline: NOW + 60 });
});

test("an account that owes more than it has gets nothing, not less", () => {
  expect(judge({ amount: 1n, lanes: [lane(5_000n, NOW + 1)] })).toEqual({ isFree: false, free: 0n, freeAt: NOW + 121 });
});

test("a release ends before any withdrawal that the authority has not seen could leave", () => {
  expect(judge({ amount: 1n, lifetimeSec: 3_600 })).toMatchObject({ isFree: true, deadline: NOW + 240 });
});

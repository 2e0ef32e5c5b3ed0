import { hashTypedData, recoverTypedDataAddress } from "viem";
import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import type { TimelineLane } from "../../../protocol/http/timeline.ts";
import { hashApiRequest } from "../../../protocol/signed/api-request.ts";
import { hashSessionAuthorization } from "../../../protocol/signed/session.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashInstantWithdrawal, hashWithdrawal } from "../../../protocol/signed/withdrawal.ts";
import { daysOf, MAX_DAYS } from "../../../web/account/app/money/days.ts";
import { changeOf, type Entry, entriesOf, groupBy } from "../../../web/account/app/money/entries.ts";
import { toBeancount, toCsv } from "../../../web/account/app/money/exports.ts";
import { type LaneBook, takeNewest, takeOlder } from "../../../web/account/app/money/lane-book.ts";
import { readAllEntries } from "../../../web/account/app/money/read-all.ts";
import { railOf, wordsOf } from "../../../web/account/app/money/words.ts";
import { domainOf, type StructName, typedData } from "../../../web/account/app/wallet/typed-data.ts";
import { readBeancount } from "../../audit/support/beancount.ts";

const CONTRACT = `0x${"c0".repeat(20)}` as const;
const [ANN, BEN, KEY] = [`0x${"0a".repeat(20)}`, `0x${"0b".repeat(20)}`, `0x${"0c".repeat(20)}`] as const;
const TOKEN = { address: CONTRACT, symbol: "TUSD", decimals: 6 };
const TERMS = { token: TOKEN, claimPeriodSec: 120 };

test("what a wallet shows is what the contract and the authority check", () => {
  const separator = hashDomain({ chainId: 5, contract: CONTRACT });
  const domain = domainOf({ chainId: 5, contract: CONTRACT });
  const digest = (name: StructName, message: Record<string, string>) =>
    hashTypedData(typedData(domain, name, message) as unknown as Parameters<typeof hashTypedData>[0]);
  const withdrawal = { account: ANN, to: BEN, amount: 7n, deadline: 8, nonce: 9n };
  const shown = { account: ANN, to: BEN, amount: "7", deadline: "8", nonce: "9" };
  expect(digest("Withdrawal", shown)).toBe(bytesToHex(hashWithdrawal(separator, withdrawal)));
  expect(digest("InstantWithdrawal", shown)).toBe(bytesToHex(hashInstantWithdrawal(separator, withdrawal)));
  const session = { account: ANN, sessionKey: KEY, limit: 2n ** 96n - 1n, expiresAt: 8 };
  expect(
    digest("SessionAuthorization", { account: ANN, sessionKey: KEY, limit: String(session.limit), expiresAt: "8" }),
  ).toBe(bytesToHex(hashSessionAuthorization(separator, session)));
  const request = { sessionKey: KEY, method: "GET", target: "/v1/x?y=\u00e9", contentDigest: "", signedAt: 8 };
  expect(digest("ApiRequest", { ...request, signedAt: "8" })).toBe(bytesToHex(hashApiRequest(separator, request)));
});

test("what another program's wallet signs is taken for this page's data", async () => {
  // Made by `cast wallet sign --data` of Foundry 1.7.1 with the private key 7.
  const signature =
    "0xa1e08c514c1a534876d65f88059ec4a8ff71306b8fc819becaa5c15c182727b4584470a1f105359da56b18c8b58b54849338b7ba06aeba502ab7a18bb02f59301b";
  const domain = domainOf({ chainId: 5, contract: CONTRACT });
  const shown = { account: ANN, to: BEN, amount: "7", deadline: "8", nonce: "9" };
  const data = typedData(domain, "InstantWithdrawal", shown) as unknown as Parameters<typeof hashTypedData>[0];
  expect(await recoverTypedDataAddress({ ...data, signature })).toBe("0xd41c057fd1c78805AAC12B0A94a405c0461A6FBb");
});

const lane = (more: Partial<TimelineLane>): TimelineLane => ({
  ...{ role: "payee", payer: ANN, payee: BEN, lane: 1, infoHash: "ab".repeat(20), title: "Film" },
  ...{ cap: "9000000", amount: "1000000", paid: "0", fee: "0", place: "accepted", reason: null },
  ...{ waitsFor: "end", waitsUntil: 300, allottedAt: 100, acceptedAt: 200, expiresAt: 290, batch: null, txHash: null },
  ...more,
});
const final = { place: "final", paid: "1000000", fee: "20000", waitsFor: null, waitsUntil: null } as const;
const all = (): Entry[] =>
  entriesOf(
    [
      lane({ ...final, lane: 1 }),
      lane({ ...final, lane: 2, role: "payer", payer: BEN, payee: ANN, title: "=HYPERLINK(1)" }),
      lane({ lane: 3, amount: "500000" }),
      lane({ lane: 4, place: "expired", amount: "0", acceptedAt: null }),
      lane({ lane: 5, place: "skipped", paid: "300000", fee: "6000", reason: "UNCOVERED" }),
    ],
    [
      {
        id: "d",
        amount: "5000000",
        state: "credited",
        reason: null,
        txHash: null,
        by: "card",
        from: null,
        createdAt: 50,
      },
    ],
    [
      {
        id: "w",
        to: BEN,
        amount: "700000",
        state: "paid",
        reason: null,
        withdrawableAt: null,
        txHash: null,
        createdAt: 400,
      },
      {
        id: "x",
        to: BEN,
        amount: "1",
        state: "failed",
        reason: null,
        withdrawableAt: null,
        txHash: null,
        createdAt: 401,
      },
    ],
  );

test("newest first, each with what it does to the account", () => {
  expect(all().map((entry) => [entry.key, changeOf(entry)])).toEqual([
    ["x", 0n],
    ["w", -700_000n],
    [`${ANN}/1`, 980_000n],
    [`${BEN}/2`, -1_000_000n],
    [`${ANN}/3`, 500_000n],
    [`${ANN}/5`, 294_000n],
    [`${ANN}/4`, 0n],
    ["d", 5_000_000n],
  ]);
});

test("contents and counterparties add up to what their lanes do", () => {
  for (const by of ["content", "counterparty"] as const) {
    const groups = groupBy(all(), by);
    const sum = groups.reduce((total, { moneyIn, moneyOut }) => total + moneyIn - moneyOut, 0n);
    expect(sum).toBe(980_000n - 1_000_000n + 500_000n + 294_000n);
    expect(groups.reduce((total, { underWay }) => total + underWay, 0n)).toBe(500_000n);
  }
});

describe("what was settled by day", () => {
  const DAY = 86_400;
  const at = (day: number, more: Partial<TimelineLane> = {}): Entry =>
    entriesOf([lane({ ...final, lane: day, acceptedAt: day * DAY + 7, ...more })], [], [])[0] as Entry;

  test("is of lanes alone, after fees, with the empty days of a week", () => {
    expect(daysOf(all(), false)).toEqual({
      days: [
        ...Array.from({ length: 6 }, (_, i) => ({ day: i - 6, earned: 0n, paid: 0n })),
        { day: 0, earned: 980_000n + 294_000n, paid: 1_000_000n },
      ],
      isPartial: false,
    });
    const nothing = { days: [], isPartial: false };
    expect(daysOf([], false)).toEqual(nothing);
    expect(daysOf([at(3, { place: "accepted", paid: "0" })], true)).toEqual(nothing);
  });

  test("says of its first day that lanes may be missing", () => {
    expect(daysOf([at(20), at(20, { lane: 1 }), at(19)], true)).toEqual({
      days: [
        { day: 19, earned: 980_000n, paid: 0n },
        { day: 20, earned: 1_960_000n, paid: 0n },
      ],
      isPartial: true,
    });
  });

  test("ends with the newest day, and is never longer than a month", () => {
    const { days, isPartial } = daysOf([at(1), at(400)], true);
    expect(days).toHaveLength(MAX_DAYS);
    expect(days.at(-1)).toEqual({ day: 400, earned: 980_000n, paid: 0n });
    expect(isPartial).toBe(false);
  });
});

test("the beancount file balances, and holds what has moved on-chain", () => {
  const file = readBeancount(toBeancount(all(), TOKEN, BEN));
  expect(file.unbalanced).toEqual([]);
  expect(file.unopened).toEqual([]);
  expect(file.transactions).toBe(5);
  expect(file.sums.get(`Assets:Floodgate:${BEN}`)).toBe(5_000_000n - 700_000n + 980_000n - 1_000_000n + 294_000n);
  expect(file.sums.get("Expenses:Floodgate:Fees")).toBe(26_000n);
  expect(readBeancount(toBeancount([], TOKEN, BEN)).transactions).toBe(0);
});

test("files for the books have every page, each row once, and wait where the authority says so", async () => {
  const empty = { deposits: [], withdrawals: [], cursor: null };
  const pages = new Map([
    [null, { lanes: [lane({ lane: 3 }), lane({ lane: 2 })], cursor: "2" }],
    // A new lane has pushed lane 2 onto this page meanwhile.
    ["2", { lanes: [lane({ lane: 2 }), lane({ lane: 1 })], cursor: null }],
  ]);
  const refusals = [new Error("RATE_LIMITED"), new Error("RATE_LIMITED")];
  const lists = {
    async timeline(cursor: string | null) {
      const refusal = cursor === "2" ? refusals.pop() : undefined;
      if (refusal) throw refusal;
      return pages.get(cursor) ?? { lanes: [], cursor: null };
    },
    deposits: async () => empty,
    withdrawals: async () => empty,
  };
  let waits = 0;
  const entries = await readAllEntries(lists, async () => void waits++);
  expect(entries.map(({ key }) => key)).toEqual([3, 2, 1].map((number) => `${ANN}/${number}`));
  expect(waits).toBe(2);

  const away = { ...lists, deposits: () => Promise.reject(new Error("away")) };
  await expect(readAllEntries(away, (error) => Promise.reject(error))).rejects.toThrow("away");
});

test("the CSV file has a row for each amount, and no formulas of strangers", () => {
  const rows = toCsv(all(), TOKEN).trimEnd().split("\r\n");
  expect(rows).toHaveLength(1 + 7);
  expect(rows[0]).toBe("time,kind,state,change TUSD,fee TUSD,counterparty,content,title,lane,batch,transaction,reason");
  expect(rows[3]).toBe(`1970-01-01T00:03:20.000Z,lane,final,0.980000,0.020000,${ANN},${"ab".repeat(20)},Film,1,,,`);
  expect(rows.join()).toContain(",'=HYPERLINK(1),");
});

test.each([
  [{ place: "allotted", amount: "0" }, "allotted", /may buy from you for up to 9.000000 TUSD/, 300],
  [{ place: "allotted", amount: "0", role: "payer" }, "allotted", /Up to 9.000000 TUSD is set aside/, 410],
  [{ waitsFor: "statement" }, "accepted", /one signature over many lanes/, 320],
  [{ waitsFor: "company" }, "accepted", /share the cost of a batch/, 300],
  [{ waitsFor: "claim" }, "accepted", /too small to be worth a batch/, 300],
  [{ place: "batched", waitsFor: "block" }, "in batch", /transaction is on its way/, null],
  [{ place: "mined", waitsFor: "confirmations" }, "mined", /is in a block/, null],
  [{ place: "skipped", reason: "DUST" }, "in batch", /paid 0.000000 TUSD of 1.000000 TUSD: it was too small/, null],
  [{ place: "skipped", reason: "REASON_9" }, "in batch", /reason REASON_9/, null],
] as const)("%o is told with why and until when", (more, station, why, until) => {
  const [entry] = entriesOf([lane(more as Partial<TimelineLane>)], [], []) as [Entry];
  const rail = railOf(entry);
  expect(rail.stations[rail.at]).toBe(station);
  expect(wordsOf(entry, TERMS)).toMatchObject({ why: expect.stringMatching(why), until });
});

describe("lanes that are read page by page", () => {
  const page = (numbers: readonly number[], cursor: string | null, more: Partial<TimelineLane> = {}) => ({
    lanes: numbers.map((number) => lane({ lane: number, ...more })),
    cursor,
  });
  const numbersOf = (book: LaneBook) => book.lanes.map((one) => one.lane);
  const first = takeNewest(null, page([9, 8, 7], "7"));

  test("older ones stay when the newest page is read again, which has its changes", () => {
    const book = takeNewest(takeOlder(first, page([6, 5], null)), page([11, 10, 9], "9", { place: "mined" }));
    expect(numbersOf(book)).toEqual([11, 10, 9, 8, 7, 6, 5]);
    expect(book.lanes.map(({ place }) => place).slice(2, 4)).toEqual(["mined", "accepted"]);
    expect(book).toMatchObject({ cursor: null, pages: 2 });
  });

  test("none is lost that the newest page has pushed out, and none is there twice", () => {
    expect(numbersOf(takeNewest(first, page([10, 9, 8], "8")))).toEqual([10, 9, 8, 7]);
    expect(numbersOf(takeOlder(first, page([7, 6], "6")))).toEqual([9, 8, 7, 6]);
  });

  test("after more news than a page holds, the list begins anew", () => {
    const book = takeNewest(takeOlder(first, page([6, 5], null)), page([20, 19, 18], "18"));
    expect(numbersOf(book)).toEqual([20, 19, 18]);
    expect(book).toMatchObject({ cursor: "18", pages: 1 });
  });
});

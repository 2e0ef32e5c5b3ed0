import { expect, test } from "vitest";
import { addUp, unsettledOf } from "../../../client/contents/earnings.ts";
import type { AccountLanes } from "../../../protocol/http/accounts.ts";

const [FILM, SONG] = ["aa".repeat(20), "bb".repeat(20)] as const;
const [ANN, BEN] = [`0x${"0a".repeat(20)}`, `0x${"0b".repeat(20)}`] as const;

const days = [
  { day: "2026-01-01", infoHash: FILM, account: ANN, paid: 0n, earned: 10n },
  { day: "2026-01-01", infoHash: FILM, account: BEN, paid: 3n, earned: 20n },
  { day: "2026-01-02", infoHash: SONG, account: ANN, paid: 0n, earned: 30n },
] as const;

type Lane = AccountLanes["lanes"][number];
const lane = (state: Lane["state"], more: Partial<Lane> = {}): Lane => ({
  ...{ role: "payee", payer: ANN, payee: BEN, lane: 1, infoHash: FILM, cap: "99", amount: "5" },
  ...{ state, reason: null, batch: null, expiresAt: 100 },
  ...more,
});

test("what is promised and not on-chain is still to come", () => {
  const lanes = [
    lane("open"),
    lane("closed", { infoHash: SONG, expiresAt: 200 }),
    lane("settling", { payer: BEN }),
    lane("settled"),
    lane("skipped"),
    lane("expired"),
    lane("open", { amount: "0" }),
    lane("open", { role: "payer" }),
  ];
  expect(unsettledOf(lanes)).toEqual([
    { infoHash: FILM, payer: ANN, amount: 5n, expiresAt: 100 },
    { infoHash: SONG, payer: ANN, amount: 5n, expiresAt: 200 },
    { infoHash: FILM, payer: BEN, amount: 5n, expiresAt: 100 },
  ]);
});

const unsettled = [
  { infoHash: FILM, payer: ANN, amount: 5n, expiresAt: 100 },
  { infoHash: SONG, payer: ANN, amount: 6n, expiresAt: 200 },
];

test.each([
  [
    "content",
    [
      { key: FILM, paid: 3n, earned: 30n, unsettled: 5n, dueAt: 100 },
      { key: SONG, paid: 0n, earned: 30n, unsettled: 6n, dueAt: 200 },
    ],
  ],
  [
    "counterparty",
    [
      { key: ANN, paid: 0n, earned: 40n, unsettled: 11n, dueAt: 200 },
      { key: BEN, paid: 3n, earned: 20n, unsettled: 0n, dueAt: null },
    ],
  ],
  [
    "day",
    [
      { key: "2026-01-02", paid: 0n, earned: 30n, unsettled: 0n, dueAt: null },
      { key: "2026-01-01", paid: 3n, earned: 30n, unsettled: 0n, dueAt: null },
      // Both lanes end on this day.
      { key: "1970-01-01", paid: 0n, earned: 0n, unsettled: 11n, dueAt: 200 },
    ],
  ],
] as const)("money adds up by %s", (by, rows) => {
  expect(addUp(by, days, unsettled)).toEqual(rows);
});

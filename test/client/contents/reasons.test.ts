import { expect, test } from "vitest";
import { type PeerFacts, type ReasonCode, reasonsFor } from "../../../client/contents/reasons.ts";
import { NO_CONTENT_SETTINGS } from "../../../client/contents/settings.ts";
import type { Obstacle, Outlook } from "../../../client/exchange.ts";
import { InputError, NetworkError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";

const PRICE = 1_000_000n;
const PIECE = 1024 * 1024;
const KEY = `0x${"ab".repeat(20)}` as Address;
const OUTLOOK: Outlook = { obstacles: [], sellers: 0, requested: 0, shortage: null };
const WELL = {
  ...{ problem: null, trackerProblem: null, rateDown: 0, peers: 0, outlook: OUTLOOK, spendLeft: null },
  ...{ pieceLength: PIECE, pricePerGiB: PRICE, sharePercent: 0, rateUp: 0, settings: NO_CONTENT_SETTINGS },
};
const PEER: PeerFacts = {
  settings: { uploadLimit: null, downloadLimit: null, monthlyLimit: 2 ** 30, maxWires: null, minPrice: null },
  ...{ monthEndsAt: 1_798_761_600, rateDown: 0, rateUp: 0, wires: 3, token: { symbol: "TUSD", decimals: 6 } },
};
const obstacle = (reason: Obstacle["reason"], until: number | null = null): Outlook => ({
  ...OUTLOOK,
  obstacles: [{ payeeKey: KEY, reason, until, isFinal: false }],
});
type View = Parameters<typeof reasonsFor>[0];

const DOWN = { ...WELL, state: "downloading" } as const;
const UP = { ...WELL, state: "seeding" } as const;
const silent = new NetworkError("TRACKER_UNREACHABLE", "no answer");

test.each<[what: string, view: View, peer: Partial<PeerFacts>, codes: ReasonCode[]]>([
  ["a failure", { ...DOWN, state: "failed", problem: new InputError("FILE_EXISTS", "it is there") }, {}, ["FAILED"]],
  ["a pause", { ...DOWN, state: "paused" }, {}, ["PAUSED"]],
  ["a check", { ...DOWN, state: "checking" }, {}, ["CHECKING"]],
  ["a cap below one piece", { ...DOWN, spendLeft: 975n, outlook: { ...OUTLOOK, sellers: 1 } }, {}, ["SPEND_CAP"]],
  ["a cap that was lowered", { ...DOWN, spendLeft: -5n }, {}, ["SPEND_CAP"]],
  [
    "a cap with room, and a seller",
    { ...DOWN, spendLeft: 976n, outlook: { ...OUTLOOK, sellers: 1 } },
    {},
    ["NOT_SERVED_YET"],
  ],
  ["no money", { ...DOWN, outlook: { ...OUTLOOK, shortage: "DEPOSIT" } }, {}, ["DEPOSIT_SHORT"]],
  ["a session that is used up", { ...DOWN, outlook: { ...OUTLOOK, shortage: "SESSION" } }, {}, ["SESSION_SHORT"]],
  [
    "no money, but somebody sells",
    { ...DOWN, outlook: { ...OUTLOOK, shortage: "DEPOSIT", sellers: 1 } },
    {},
    ["NOT_SERVED_YET"],
  ],
  [
    "as many connections as its owner allows",
    { ...DOWN, peers: 2, settings: { ...NO_CONTENT_SETTINGS, maxWires: 2 } },
    {},
    ["WIRES_LIMIT"],
  ],
  ["as many as all contents may have", DOWN, { settings: { ...PEER.settings, maxWires: 3 } }, ["WIRES_LIMIT"]],
  [
    "its own limit",
    { ...DOWN, rateDown: 90, outlook: { ...OUTLOOK, sellers: 2 } },
    { settings: { ...PEER.settings, downloadLimit: 100 }, rateDown: 90 },
    ["DOWNLOAD_LIMIT"],
  ],
  [
    "the limit of this content",
    {
      ...{ ...DOWN, rateDown: 90, outlook: { ...OUTLOOK, sellers: 2 } },
      settings: { ...NO_CONTENT_SETTINGS, downloadLimit: 100 },
    },
    {},
    ["DOWNLOAD_LIMIT"],
  ],
  [
    "the limit of this seeder",
    { ...UP, rateUp: 90, settings: { ...NO_CONTENT_SETTINGS, uploadLimit: 100 } },
    {},
    ["UPLOAD_LIMIT"],
  ],
  ["a month that is used up", { ...DOWN, state: "limited" }, {}, ["MONTH_LIMIT"]],
  ["one seller", { ...DOWN, rateDown: 90, outlook: { ...OUTLOOK, sellers: 1 } }, {}, ["ONE_SELLER"]],
  ["two sellers", { ...DOWN, rateDown: 90, outlook: { ...OUTLOOK, sellers: 2 } }, {}, []],
  ["a ban", { ...DOWN, outlook: obstacle("BANNED", 7) }, {}, ["SELLER_REFUSES"]],
  ["a ban by this home", { ...DOWN, outlook: obstacle("BANNED_HERE", 7) }, {}, ["SELLER_BANNED_HERE"]],
  ["no lane", { ...DOWN, outlook: obstacle("NO_LANE") }, {}, ["LANE_MISSING"]],
  ["a closed port", { ...DOWN, outlook: obstacle("UNREACHABLE") }, {}, ["SELLER_UNREACHABLE"]],
  ["a silent tracker", { ...DOWN, trackerProblem: silent }, {}, ["TRACKER_SILENT"]],
  ["peers without the rest", { ...DOWN, peers: 3 }, {}, ["NOBODY_HAS_MORE"]],
  ["nobody", DOWN, {}, ["SELLER_MISSING"]],
  ["all is well with a seeder", UP, {}, []],
  ["a price below its lowest", UP, { settings: { ...PEER.settings, minPrice: "1000001" } }, ["MIN_PRICE"]],
  [
    "a free content under a lowest price",
    { ...UP, pricePerGiB: 0n },
    { settings: { ...PEER.settings, minPrice: "1" } },
    [],
  ],
  ["a full line", UP, { settings: { ...PEER.settings, uploadLimit: 100 }, rateUp: 85 }, ["UPLOAD_LIMIT"]],
  ["a seeder with a silent tracker", { ...UP, trackerProblem: silent }, {}, ["TRACKER_SILENT"]],
])("%s is told as it is", (_what, view, peer, codes) => {
  const reasons = reasonsFor(view, { ...PEER, ...peer });
  expect(reasons.map(({ code }) => code)).toEqual(codes);
  for (const { text, advice } of reasons) {
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(advice).toMatch(/^[A-Z].*\.$/);
  }
});

test("the end of a ban is told, and a failure blocks", () => {
  expect(reasonsFor({ ...DOWN, outlook: obstacle("BANNED", 7) }, PEER)).toMatchObject([
    { until: 7, isBlocking: false },
  ]);
  expect(reasonsFor({ ...DOWN, spendLeft: 0n }, PEER)).toMatchObject([
    { isBlocking: true, text: expect.stringContaining("0.000000 TUSD") },
  ]);
});

test("a month that is used up says when it goes on by itself", () => {
  const reasons = reasonsFor({ ...DOWN, state: "limited" }, PEER);
  expect(reasons).toMatchObject([{ until: 1_798_761_600, isBlocking: false }]);
  expect(reasons[0]?.text).toContain("1.0 GiB");
  expect(reasons[0]?.advice).toContain("2027-01-01 (UTC)");
});

test("of a hundred sellers that refuse, some are named", () => {
  const [one] = obstacle("NO_LANE").obstacles as [Obstacle];
  const outlook = { ...OUTLOOK, obstacles: Array.from({ length: 100 }, () => one) };
  expect(reasonsFor({ ...DOWN, outlook }, PEER).length).toBeLessThanOrEqual(10);
});

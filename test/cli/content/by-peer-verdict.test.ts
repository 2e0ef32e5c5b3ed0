import { expect, test } from "vitest";
import { verdictByPeer } from "../../../cli/content/by-peer-verdict.ts";
import { exitCodeOf } from "../../../cli/exit-codes.ts";
import type { ContentJson } from "../../../protocol/http/peer.ts";

/** What ends a `get` that a running peer carries out. */

const TOKEN = { address: `0x${"ab".repeat(20)}`, symbol: "TUSD", decimals: 6 };
const PIECE = 65_536;
const outlook = { obstacles: [], sellers: 0, requested: 0, shortage: null };
const reason = (code: string, until: number | null = null) => ({
  ...{ code, until, text: "It is so.", advice: "Do that.", isBlocking: false },
});
const CONTENT = {
  ...{ state: "downloading", problem: null, peers: 0, rateDown: 0, pricePerGiB: "1000000", pieceLength: PIECE },
  ...{ outlook, reasons: [], spendLeft: null, settings: { isSponsored: false } },
} as unknown as ContentJson;

const judge = (change: object, stillSec: number, patience: number | null = 60) =>
  verdictByPeer({ ...CONTENT, ...change }, TOKEN, stillSec, patience);

test.each<[what: string, change: object, afterSec: number, code: string, exit: number]>([
  [
    "a month that is used up",
    { state: "limited", reasons: [reason("MONTH_LIMIT", 1_798_761_600)] },
    0,
    "MONTH_LIMIT",
    9,
  ],
  ["a pause", { state: "paused" }, 0, "CONTENT_PAUSED", 2],
  ["a full disk", { state: "failed", problem: { code: "DISK_FULL", message: "full" } }, 0, "DISK_FULL", 9],
  ["a cap", { spendLeft: "1" }, 4, "SPEND_LIMIT", 6],
  ["no seller", {}, 60, "SELLER_MISSING", 5],
  ["no connection left", { reasons: [reason("WIRES_LIMIT")] }, 60, "SELLER_MISSING", 5],
  ["no money", { outlook: { ...outlook, shortage: "DEPOSIT" } }, 60, "BALANCE_TOO_LOW", 6],
  ["a session's limit", { outlook: { ...outlook, shortage: "SESSION" } }, 60, "BALANCE_TOO_LOW", 6],
])("%s ends it, as soon as that is sure", (_what, change, afterSec, code, exit) => {
  const error = judge(change, afterSec);
  expect(error).toMatchObject({ code });
  expect(exitCodeOf(error)).toBe(exit);
  if (afterSec > 0) expect(judge(change, afterSec - 1)).toBeNull();
});

test("the reason says until when, and what to do", () => {
  const month = judge({ state: "limited", reasons: [reason("MONTH_LIMIT", 1_798_761_600)] }, 0);
  expect(month?.message).toContain("2027-01-01 (UTC)");
  expect(month?.message).toContain("floodgate peer limit --month");
  expect(judge({ reasons: [reason("WIRES_LIMIT")] }, 60)?.message).toContain("--wires");
  expect(judge({ reasons: [reason("TRACKER_SILENT")] }, 60)?.message).toContain("It is so");
});

test("who waits without an end is told why, and goes on", () => {
  expect(judge({}, 1_000, null)).toBeNull();
  expect(judge({ state: "checking" }, 1_000)).toBeNull();
});

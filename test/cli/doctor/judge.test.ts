import { expect, test } from "vitest";
import {
  type Finding,
  finding,
  formatFindings,
  judgeClock,
  judgeDisk,
  judgeFunds,
  judgeMonth,
  judgeOpenFiles,
  judgeSession,
} from "../../../cli/doctor/judge.ts";

const MIB = 2 ** 20;
const monthOf = (monthlyLimit: number | null, isUsedUp: boolean) => ({
  month: { bytesDown: MIB, bytesUp: 2 * MIB, endsAt: 1_798_761_600, isUsedUp },
  settings: { monthlyLimit } as never,
});
const TOKEN = { address: "0x", symbol: "TUSD", decimals: 6 } as never;

test.each<[string, Finding, Finding["state"], RegExp]>([
  ["much room", judgeDisk(5_000 * MIB, "/home"), "ok", /4\.9 GiB free at \/home/],
  ["little room", judgeDisk(500 * MIB, "/home"), "warning", /500\.0 MiB/],
  ["no room", judgeDisk(99 * MIB, "/home"), "problem", /free some/],
  ["few open files", judgeOpenFiles(256), "warning", /at most 256: run `ulimit -n 1024`/],
  ["many open files", judgeOpenFiles(1_024), "ok", /1024/],
  ["another system", judgeOpenFiles(null), "ok", /does not tell/],
  ["a clock in step", judgeClock(-29), "ok", /in step/],
  ["a clock ahead", judgeClock(3_600), "warning", /3600 s ahead of the authority's: .*NTP/],
  ["a clock behind", judgeClock(-31), "warning", /31 s behind/],
  ["a session that renews itself", judgeSession(1_600, 1_000, true), "ok", /10 minutes, then renewed/],
  ["a session without a passphrase", judgeSession(1_600, 1_000, false), "warning", /10 minutes: give --passphrase/],
  ["an ended session", judgeSession(0, 1_000, false), "warning", /asks for the passphrase/],
  ["an ended session that renews itself", judgeSession(0, 1_000, true), "ok", /the next command renews it/],
  ["money", judgeFunds(1_500_000n, 0n, TOKEN), "ok", /1\.500000 TUSD free/],
  ["promised money", judgeFunds(0n, 1n, TOKEN), "warning", /all 0\.000001 TUSD are promised/],
  ["no money", judgeFunds(0n, 0n, TOKEN), "warning", /floodgate deposit/],
  ["a month without a limit", judgeMonth(monthOf(null, false)), "ok", /3\.0 MiB moved, without a limit/],
  ["a month with room", judgeMonth(monthOf(4 * MIB, false)), "ok", /3\.0 MiB of 4\.0 MiB moved$/],
  ["a month that is used up", judgeMonth(monthOf(3 * MIB, true)), "problem", /until 2027-01-01 \(UTC\), or raise/],
])("of %s it says so, and what to do", (_what, { state, text }, expectedState, says) => {
  expect(state).toBe(expectedState);
  expect(text).toMatch(says);
});

test("each finding is a line, and problems stand out", () => {
  expect(formatFindings([finding("disk", "ok", "much"), finding("tracker", "problem", "gone")])).toBe(
    "ok       disk     much\nPROBLEM  tracker  gone",
  );
});

import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createOutput, cut } from "../../cli/output.ts";
import { barOf, moneyOf, type ProgressLine } from "../../cli/progress.ts";

const MIB = 2 ** 20;
const TOKEN = { address: "0x", symbol: "TUSD", decimals: 6 } as never;
const line = (change: Partial<ProgressLine> = {}): ProgressLine => ({
  bytesDone: 30 * MIB,
  bytesTotal: 120 * MIB,
  rateDown: 10 * MIB,
  rateUp: 0,
  peers: 1,
  bytesDown: 30 * MIB,
  paid: 29_296n,
  bytesUp: 0,
  earned: 0n,
  ...change,
});

test("a download shows bar, share, rate, the time that is left, and its cost, in 80 columns", () => {
  expect(barOf(line())).toBe("[######..................]  25 % of 120.0 MiB  10.0 MiB/s  9 s left");
  expect(moneyOf(line(), 117_187n, TOKEN)).toBe("1 peer  up 0 B/s  paid 0.029296 of 0.117187 TUSD");
  expect(barOf(line({ rateDown: 0 }))).toMatch(/0 B\/s {2}waiting$/);
  expect(barOf(line({ bytesDone: 120 * MIB }))).toBe("[########################] 100 % of 120.0 MiB");
  expect(moneyOf(line({ peers: 2 }), 0n, TOKEN)).toBe("2 peers  up 0 B/s");
});

test("no line is as wide as the terminal", () => {
  expect([...cut("x".repeat(200), 80)]).toHaveLength(79);
  expect(cut("short", 80)).toBe("short");
});

test("an event that shows nothing leaves no stale copy of the line that is updated", () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const output = createOutput(false, stdout, new PassThrough());
  output.progress({}, "one");
  output.event("first-piece", {}, null);
  output.progress({}, "two");
  const written = String(stdout.read());
  // Erased, not left above.
  expect(written.slice(written.indexOf("one"))).not.toMatch(/one\n\n?two/);
  expect(written.indexOf("\u001B[", written.indexOf("one"))).toBeGreaterThan(0);
});

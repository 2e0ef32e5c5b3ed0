import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { splitSteps } from "../../../scripts/bench/first-byte/steps.ts";

const trace = (atMs: number, step: "start" | "end", what: string) => ({ atMs, line: { event: "trace", step, what } });

describe("the time to the first byte", () => {
  const lines = [
    trace(400, "start", "GET /v1/info"),
    trace(405, "end", "connect 8600"),
    trace(420, "end", "GET /v1/info"),
    trace(421, "start", "GET /v1/torrents/ab"),
    trace(430, "end", "GET /v1/torrents/ab"),
    trace(450, "end", "GET /v1/torrents/ab/metainfo"),
    trace(500, "start", "GET /v1/account"),
    trace(510, "end", "GET /v1/account"),
    trace(600, "start", "GET /announce"),
    trace(630, "end", "GET /announce"),
    trace(640, "end", "connect 7000"),
    trace(660, "end", "connect 7001"),
    { atMs: 800, line: { event: "first-piece", piece: 0 } },
    trace(900, "start", "GET /announce"),
    trace(990, "end", "GET /announce"),
  ];

  test("is split into steps that add up to it", () => {
    const steps = splitSteps(lines, 7000);

    expect(steps).toEqual({ load: 400, authority: 50, peer: 150, announce: 30, dial: 10, piece: 160 });
    expect(Object.values(steps).reduce((sum, ms) => sum + ms)).toBe(800);
  });

  test("is not guessed when a step is missing", () => {
    expect(() => splitSteps(lines, 7002)).toThrow("a step of the download left no trace");
    expect(() => splitSteps(lines.slice(0, 12), 7000)).toThrow("a step of the download left no trace");
  });
});

test.runIf(process.env.FLOODGATE_DEEP)(
  "bench:first-byte measures a pair, and ends with one line for programs",
  async () => {
    const main = join(import.meta.dirname, "..", "..", "..", "scripts", "bench", "first-byte.ts");
    const bench = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "--smoke", "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(bench, "close");
    const output = await text(bench.stdout);
    const figures = JSON.parse(output.trim().split("\n").at(-1) ?? "");

    expect(Object.keys(figures)).toEqual(["firstByteMs", "firstByteFreeMs", "playableMs", "playableFreeMs"]);
    for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0);
    expect(await closed).toEqual([0, null]);
  },
);

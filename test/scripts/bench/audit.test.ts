import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the audit's bench makes honest histories, and finds every row of them in order", () => {
  const program = join(import.meta.dirname, "..", "..", "..", "scripts", "bench", "audit.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, "--smoke", "--json"], { encoding: "utf8" });

  expect(status, stderr).toBe(0);
  const lines = stdout.trim().split("\n");
  expect(JSON.parse(lines.at(-1) as string)).toEqual({
    rowsPerSecond: expect.any(Number),
    rssMiB: expect.any(Number),
    rows: 800,
  });
  expect(lines.filter((line) => line.includes("statements")).length).toBe(2);
});

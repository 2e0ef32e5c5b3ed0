import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test.runIf(process.env.FLOODGATE_DEEP)(
  "the smallest flash crowd is complete and paid on both sides, to the last base unit",
  () => {
    const program = join(import.meta.dirname, "../../../scripts/bench/swarm.ts");
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, "--smoke", "--json"], {
      encoding: "utf8",
    });
    const figures = JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");

    expect(stderr).not.toContain("error:");
    // 3 leechers, 64 pieces of 64 KiB at 1.00 per GiB each; running totals per payee are rounded
    // down.
    expect(figures).toMatchObject({ ok: true, leechers: 3, fileBytes: 4_194_304 });
    expect(Number(figures.paid)).toBeGreaterThan(11_690);
    expect(Number(figures.paid)).toBeLessThanOrEqual(11_718);
    expect(BigInt(figures.paid)).toBe(BigInt(figures.earned) + BigInt(figures.fee));
    expect(status).toBe(0);
  },
);

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { env } from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JudgedRow } from "../../audit/replay/observer.ts";
import { type Audited, auditHistory } from "../audit/support/audited.ts";
import { hasProgram } from "../support/plain-client.ts";

const PAGE = join(import.meta.dirname, "../../docs/audit-by-hand.md");

/** All blocks of the page, as one script. */
async function readScript(): Promise<string> {
  const page = await readFile(PAGE, "utf8");
  return [...page.matchAll(/```bash\n(.*?)```/gs)].map(([, block]) => block).join("");
}

// Foundry's cast is no dependency: npm has it as @foundry-rs/cast.
describe.skipIf(!hasProgram("cast"))("what docs/audit-by-hand.md shows with cast", () => {
  let audited: Audited;
  const judged = new Map<number, JudgedRow[]>();
  beforeAll(async () => {
    audited = await auditHistory();
    audited.replay(audited.facts, [
      {
        rowJudged(_run, { isDirect, calls }, row) {
          // The page is about batches that the operator sent by themselves.
          if (isDirect && calls?.length === 1) judged.set(row.batch, [...(judged.get(row.batch) ?? []), row]);
        },
      },
    ]);
  });
  afterAll(() => audited[Symbol.asyncDispose]());

  test("of each batch is what the audit finds in it", async () => {
    const script = await readScript();
    const { rpcUrl, contract } = audited.history;
    expect(judged.size).toBeGreaterThan(3);
    for (const [batch, rows] of [...judged].slice(0, 4)) {
      const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
        env: { ...env, ETH_RPC_URL: rpcUrl, C: contract, N: String(batch) },
      });
      const group = rows[0]?.group;
      const first = rows.filter((row) => row.group === group);
      const taken = first.reduce((sum, { isPaid, row }) => sum + (isPaid ? row.amount : 0n), 0n);
      for (const [index, { row }] of first.entries())
        expect(stdout).toContain(
          `row ${index}         lane ${row.lane} pays ${row.amount} to ${row.payee.toLowerCase()}\n`,
        );
      expect(stdout).toContain(`; the batch took ${taken}\n`);
      if (first.at(-1)?.isPaid) expect(stdout).toContain("\nthe session key signed it\n");
      expect(stdout).toContain(`holds         ${audited.report.held} base units, owes ${audited.report.owed}\n`);
    }
    // Batch 3 of the history has a signature of another key.
    expect([...judged.values()].flat().some(({ isPaid }) => !isPaid)).toBe(true);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { type BundleChecksOptions, createBundleChecks } from "../../../audit/bundles/bundle-checks.ts";
import { emptyMemory } from "../../../audit/bundles/bundle-memory.ts";
import type { Observer } from "../../../audit/replay/observer.ts";
import { examine } from "../../../scripts/tamper/examine.ts";
import { linesOf, withEmptyBundle, withLines } from "../../../scripts/tamper/kinds/bundle-edit.ts";
import { isClaimed, linesOfKind, settlementOf, type VoucherLine } from "../../../scripts/tamper/kinds/bundle-places.ts";
import { observeBundles, readHeld } from "../../../scripts/tamper/observe.ts";
import { SMALLEST_ROW } from "../../../scripts/tamper/play/constants.ts";
import { type Recording, record } from "../../../scripts/tamper/recording.ts";

let recording: Recording;
beforeAll(async () => {
  recording = await record("fifth");
});

/** Audits a recording with bundles and vouchers. */
async function audit(shown: Recording, options: Partial<BundleChecksOptions> = {}) {
  const checks = await observeBundles(shown, options);
  return { ...(await auditWith(shown, checks)), tallies: checks.tallies };
}

async function auditWith(shown: Recording, observer: Observer) {
  const { findings, notChecked } = await examine(shown, async () => [observer]);
  return { findings, open: notChecked.map(({ sentence }) => sentence) };
}

/** Lanes of which the authority only ever held too little for a row, and that nobody claimed. */
function dustOf(shown: Recording): VoucherLine[] {
  const last = new Map(
    linesOfKind<VoucherLine>(shown, "omitted").map(({ line }) => [`${line.payer}/${line.lane}`, line]),
  );
  return [...last.values()].filter(
    (line) => line.reason === "DUST" && settlementOf(shown, line) === null && !isClaimed(shown, line),
  );
}

describe("honest bundles and honest payees' vouchers", () => {
  test("give no finding", async () => {
    expect((await audit(recording)).findings).toEqual([]);
  });

  test("are counted", async () => {
    const { tallies } = await audit(recording);
    const held = linesOf(recording.vouchers);
    expect(tallies).toMatchObject({
      bundles: recording.bundles.size,
      allotments: linesOfKind(recording, "allotment").length,
      held: held.length,
      receipts: held.filter(({ receipt }) => receipt !== null).length,
    });
    expect(tallies.longestDelaySec).toBeGreaterThan(0);
  });

  test("may hold allotments only", async () => {
    const { findings, tallies } = await audit(withEmptyBundle(recording, 2));
    expect(findings).toEqual([]);
    expect(tallies.bundles).toBe(recording.bundles.size + 1);
  });

  test("leave open what the authority had not noted when it began", async () => {
    const first = linesOfKind(recording, "allotment").filter(({ bundle }) => bundle === 0).length;
    const unnoted = withLines(recording, 0, (lines) =>
      lines.map((line) => (line.kind === "allotment" ? { ...line, issuedAtBlock: 0, issuedAt: 0 } : line)),
    );
    const { findings, open } = await audit(unnoted);
    expect(first).toBeGreaterThan(0);
    expect(findings).toEqual([]);
    expect(open).toContainEqual(
      expect.stringContaining(`${first} allotments from before the authority noted their blocks`),
    );
  });

  test("leave open what neither shows", async () => {
    const dust = dustOf(recording);
    const sum = dust.reduce((total, { amount }) => total + BigInt(amount), 0n);
    expect(dust.length).toBeGreaterThan(0);
    expect((await audit(recording, { contents: null })).open).toEqual([
      expect.stringContaining("releases that the authority signed and nobody used"),
      expect.stringContaining("the sizes of contents are not known"),
      expect.stringContaining(`${dust.length} vouchers, together ${sum}, were left out as too small for a row`),
    ]);
  });

  test("name every reason for leaving a voucher out", () => {
    const reasons = linesOfKind<VoucherLine>(recording, "omitted").map(({ line }) => line.reason);
    expect(new Set(reasons)).toEqual(new Set(["WAITING", "SETTLING", "CLAIMED", "SKIPPED", "DUST"]));
  });
});

test("what was published too late for a resumed replay is counted, and not judged", async () => {
  const checks = await observeBundles(recording, { memory: { ...emptyMemory(), lastBlock: recording.end.block } });
  checks.dropLate(0);
  const { findings, open } = await auditWith(recording, checks);
  const allotments = linesOfKind(recording, "allotment").length;
  expect(findings).toEqual([]);
  expect(open).toContainEqual(
    expect.stringContaining(`${allotments} allotments were published after this audit had passed their blocks`),
  );
});

test("without bundles, a receipt for less than any settled row may be one for dust", async () => {
  const dust = dustOf(recording);
  const all = await readHeld(recording);
  const held = all.filter(({ payer, lane, receipt }) => {
    const isSmall = receipt !== null && BigInt(receipt.amount) < SMALLEST_ROW;
    return isSmall && dust.some((line) => line.payer === payer && line.lane === lane);
  });
  const { findings, open } = await auditWith(recording, createBundleChecks({ book: null, held, contents: null }));
  expect(held.length).toBeGreaterThan(0);
  expect(findings).toEqual([]);
  expect(open).toContainEqual(
    expect.stringContaining(`${held.length} receipts for less than any row that a batch has settled`),
  );
});

test("without bundles and vouchers, the report says once what was not checked", async () => {
  const checks = createBundleChecks({ book: null, held: null, contents: null });
  const { findings, open } = await auditWith(recording, checks);
  expect(findings).toEqual([]);
  expect(open).toEqual([
    expect.stringContaining("no payee's vouchers were given (--vouchers)"),
    expect.stringContaining("the authority's bundles were not read (--bundles)"),
  ]);
});

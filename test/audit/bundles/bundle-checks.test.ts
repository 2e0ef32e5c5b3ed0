import { beforeAll, describe, expect, test } from "vitest";
import { createBundleChecks } from "../../../audit/bundles/bundle-checks.ts";
import { CHECKS, type CheckName } from "../../../audit/checks.ts";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import type { Finding } from "../../../audit/findings.ts";
import { replay } from "../../../audit/replay/replay.ts";
import { ALLOTMENT_LIES } from "../lies/allotment-lies.ts";
import { withEmptyBundle } from "../lies/bundle-lie.ts";
import { BUNDLE_LIES } from "../lies/bundle-lies.ts";
import { HELD_LIES } from "../lies/held-lies.ts";
import { auditBundles } from "../support/bundle-audit.ts";
import { type BundledRun, makeBundledRun } from "../support/bundled.ts";
import type { DraftBundle } from "../support/honest-authority.ts";

let run: BundledRun;
beforeAll(async () => {
  run = await makeBundledRun();
});

/** Bundles of other names give batches other bytes, and so other outcomes than the chain has announced. */
const isNoOutcome = ({ name }: Finding): boolean => name !== "outcome-hash";

const isBatch =
  (batch: number) =>
  (event: ChainEvent): boolean =>
    event.kind === "Settled" && event.batch === batch;

const LIES = [...BUNDLE_LIES, ...ALLOTMENT_LIES, ...HELD_LIES];

describe("an honest T's bundles and an honest payee's vouchers", () => {
  test("give no finding", async () => {
    const { findings } = await auditBundles(run, run);
    expect(findings).toEqual([]);
  });

  test("are counted", async () => {
    const { tallies } = await auditBundles(run, run);
    expect(tallies).toMatchObject({ bundles: 4, allotments: 10, held: 9, receipts: 8 });
    expect(tallies.longestDelaySec).toBeGreaterThan(0);
  });

  test("may hold allotments only", async () => {
    const { findings, tallies } = await auditBundles(run, withEmptyBundle(2, run));
    expect(findings.filter(isNoOutcome)).toEqual([]);
    expect(tallies.bundles).toBe(5);
  });

  test("leave open what T had not noted when it began", async () => {
    const [first, ...others] = run.bundles as [DraftBundle, ...DraftBundle[]];
    const lines = first.lines.map((line) =>
      line.kind === "allotment" ? { ...line, issuedAtBlock: 0, issuedAt: 0 } : line,
    );
    const { findings, notChecked } = await auditBundles(run, { ...run, bundles: [{ ...first, lines }, ...others] });
    expect(findings.filter(isNoOutcome)).toEqual([]);
    expect(notChecked.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringContaining("9 allotments from before T noted their blocks"),
    );
  });

  test("leave open what neither shows", async () => {
    const { notChecked } = await auditBundles(run, run);
    expect(notChecked.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining("releases that T signed and nobody used"),
      expect.stringContaining("the sizes of contents are not known"),
      expect.stringContaining("1 vouchers, together 3, were left out as too small for a row"),
    ]);
  });

  test("show no credit above a quarter of a content", async () => {
    const contents = new Map([[`0x${"ab".repeat(20)}`, { sizeBytes: 8 * 2 ** 20, pieceLength: 65_536 }]]);
    const { findings } = await auditBundles(run, { ...run, contents });
    expect(findings).toEqual([]);
  });
});

test("batches name their bundles, and pass over that of a batch that failed", () => {
  const [first, , third, fourth] = run.bundles.map(({ name }) => name);
  expect(run.named).toEqual([
    { batch: 1, bundleHash: first },
    { batch: 2, bundleHash: third },
    { batch: 3, bundleHash: fourth },
  ]);
});

test("what was published too late for a resumed replay is counted, and not judged", async () => {
  const { notChecked, findings } = await auditBundles(run, { ...run, resumedAt: run.end.block });
  expect(findings).toEqual([]);
  expect(notChecked.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringContaining("10 allotments were published only after this audit had gone past their blocks"),
  );
});

test("without bundles, a receipt for less than any settled row may be one for dust", async () => {
  const history = run.facts.filter(({ events }) => !events.some(isBatch(3)));
  const held = run.held.filter(({ lane }) => lane === 3 || lane === 4);
  const observers = [createBundleChecks({ book: null, held, contents: null })];
  const { findings, notChecked } = replay({
    rules: run.rules,
    history,
    contractWallets: new Set(),
    money: String,
    observers,
    end: run.end,
  });
  expect(findings).toEqual([]);
  expect(notChecked.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringContaining("2 receipts for less than any row that a batch has settled"),
  );
});

test("without bundles and vouchers, the report says once what was not checked", () => {
  const observers = [createBundleChecks({ book: null, held: null, contents: null })];
  const { rules, facts } = run;
  const { findings, notChecked } = replay({
    rules,
    history: facts,
    contractWallets: new Set(),
    money: String,
    observers,
  });
  expect(findings).toEqual([]);
  expect(notChecked.map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining("no payee's vouchers were given (--vouchers)"),
    expect.stringContaining("T's audit bundles were not read (--evidence)"),
  ]);
});

test("there is a lie for every check that needs more than the chain", () => {
  const more = Object.entries(CHECKS).filter(([, check]) => "needs" in check);
  expect(new Set(LIES.map(([, , check]): CheckName => check))).toEqual(new Set(more.map(([name]) => name)));
});

describe("one lie is found by its check:", () => {
  test.each(LIES.map((lie) => [lie[0], lie] as const))("%s", async (_sentence, [, tell, check, says]) => {
    const { findings } = await auditBundles(run, tell(run));
    const own = findings.filter(({ name }) => name === check);
    expect(own.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining(says));
    expect(own[0]).toMatchObject({ check: CHECKS[check].number, severity: CHECKS[check].severity });
  });
});

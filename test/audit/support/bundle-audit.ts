import { createBundleChecks } from "../../../audit/bundles/bundle-checks.ts";
import type { BundleHeader, BundleLine } from "../../../audit/bundles/format/bundle-format.ts";
import type { ContentSizes } from "../../../audit/bundles/format/content-sizes.ts";
import type { HeldVoucher } from "../../../audit/bundles/format/held-vouchers.ts";
import { readBundles } from "../../../audit/bundles/read-bundles.ts";
import type { TransactionFacts } from "../../../audit/facts/facts.ts";
import { replay } from "../../../audit/replay/replay.ts";
import { type BundledRun, sourceOf } from "./bundled.ts";
import { type DraftBundle, encodeBundle, nameOf } from "./honest-authority.ts";

/** What is shown to the audit. */
export interface Shown {
  readonly facts: readonly TransactionFacts[];
  readonly bundles: readonly DraftBundle[];
  readonly held: readonly HeldVoucher[];
  readonly contents?: ContentSizes;
  readonly end?: BundledRun["end"];
  readonly resumedAt?: number;
  /** Last change, of the bytes that are served. */
  readonly serve?: (files: Map<string, Uint8Array>) => void;
}

/** Audits what a T shows that gives its bundles the names that they have after a lie. */
export async function auditBundles(run: BundledRun, shown: Shown) {
  const { facts, files } = rename(shown);
  shown.serve?.(files);
  const batches = facts.flatMap(({ events }) => events.filter((event) => event.kind === "Settled"));
  const { signal } = new AbortController();
  const { rules } = run;
  const evidence = await readBundles({ batches, source: sourceOf(files), rules, signal });
  const { held, contents = null, resumedAt } = shown;
  const checks = createBundleChecks({ book: evidence, held, contents, ...(resumedAt !== undefined && { resumedAt }) });
  const { end = run.end } = shown;
  const result = replay({
    rules,
    history: facts,
    contractWallets: new Set(),
    money: String,
    observers: [checks],
    end,
  });
  return { ...result, evidence, tallies: checks.tallies };
}

function rename({ facts, bundles }: Shown): { facts: TransactionFacts[]; files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  const names = new Map<string, string>();
  for (const { name, lines } of bundles) {
    const [head, ...rest] = lines as [BundleHeader, ...BundleLine[]];
    const bytes = encodeBundle([{ ...head, previous: names.get(head.previous) ?? head.previous }, ...rest]);
    names.set(name, nameOf(bytes));
    files.set(nameOf(bytes), bytes);
  }
  const renamed = facts.map((one): TransactionFacts => {
    const calls = one.calls?.map((call) => {
      if (call.kind !== "settle") return call;
      const name = `0x${call.batch.slice(4, 68)}`;
      const batch = call.batch.slice(0, 4) + (names.get(name) ?? name).slice(2) + call.batch.slice(68);
      return { ...call, batch };
    });
    const events = one.events.map((event) =>
      event.kind === "Settled" ? { ...event, bundleHash: names.get(event.bundleHash) ?? event.bundleHash } : event,
    );
    return { ...one, calls: calls ?? null, events };
  });
  return { facts: renamed, files };
}

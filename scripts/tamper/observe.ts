import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleChecks, type BundleChecksOptions, createBundleChecks } from "../../audit/bundles/bundle-checks.ts";
import { createTableBook } from "../../audit/bundles/bundle-tables.ts";
import { type HeldVoucher, readHeldVouchers } from "../../audit/bundles/format/held-vouchers.ts";
import { readBundles } from "../../audit/bundles/read-bundles.ts";
import type { CampaignOptions } from "./campaign.ts";
import type { Recording } from "./recording.ts";

/** What an audit with bundles and vouchers leaves open about every history. */
const ANNOUNCED = [
  /^releases that the authority signed and nobody used: /,
  /were left out as too small for a row: /,
  /^\d+ receipts for less than any row /,
];

/**
 * What the campaign's audits read beside the chain, and what they may leave open about an honest
 * history.
 */
export const observe: Pick<CampaignOptions, "observe" | "isAnnounced"> = {
  observe: async (recording) => [await observeBundles(recording)],
  isAnnounced: (sentence) => ANNOUNCED.some((announced) => announced.test(sentence)),
};

/** Reads the bundles and the payees' vouchers as the audit reads them. */
export async function observeBundles(
  recording: Recording,
  more: Partial<BundleChecksOptions> = {},
): Promise<BundleChecks> {
  const { history, bundles, rules, contents } = recording;
  const batches = history.flatMap(({ events }) =>
    events.flatMap((event) => (event.kind === "Settled" ? { batch: event.batch, bundleHash: event.bundleHash } : [])),
  );
  const source = {
    async open(name: string) {
      const bytes = bundles.get(name as `0x${string}`);
      return bytes === undefined ? null : chunksOf(bytes);
    },
  };
  const book = await readBundles({
    ...{ batches, source, rules, signal: new AbortController().signal },
    book: createTableBook(),
  });
  return createBundleChecks({ book, held: await readHeld(recording), contents, ...more });
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 1_000) yield bytes.subarray(start, start + 1_000);
}

export async function readHeld({ vouchers }: Recording): Promise<HeldVoucher[]> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-tamper-"));
  try {
    const path = join(directory, "vouchers.jsonl");
    writeFileSync(path, vouchers);
    return await readHeldVouchers(path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

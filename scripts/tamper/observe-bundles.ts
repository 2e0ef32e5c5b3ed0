import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBundleChecks } from "../../audit/bundles/bundle-checks.ts";
import { readHeldVouchers } from "../../audit/bundles/format/held-vouchers.ts";
import { readBundles } from "../../audit/bundles/read-bundles.ts";
import type { Observer } from "../../audit/replay/observer.ts";
import type { Recording } from "./recording.ts";

/** Reads the published bundles and the payees' vouchers as the audit reads them. */
export async function observeBundles(recording: Recording): Promise<readonly Observer[]> {
  const { history, bundles, rules } = recording;
  const batches = history.flatMap(({ events }) =>
    events.flatMap((event) => (event.kind === "Settled" ? { batch: event.batch, bundleHash: event.bundleHash } : [])),
  );
  const source = {
    async open(name: string) {
      const bytes = bundles.get(name as `0x${string}`);
      return bytes === undefined ? null : chunksOf(bytes);
    },
  };
  const book = await readBundles({ batches, source, rules, signal: new AbortController().signal });
  return [createBundleChecks({ book, held: await readHeld(recording), contents: null })];
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function readHeld({ vouchers }: Recording) {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-tamper-"));
  try {
    const path = join(directory, "vouchers.jsonl");
    writeFileSync(path, vouchers);
    return await readHeldVouchers(path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

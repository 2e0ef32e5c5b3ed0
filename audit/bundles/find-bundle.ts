import type { BatchRecord } from "../facts/batch-record.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import { type Run, report } from "../replay/run.ts";
import type { BundleBook } from "./bundle-book.ts";
import type { BundleFile } from "./bundle-files.ts";
import { NO_BUNDLE } from "./format/bundle-format.ts";

/**
 * The bundle that a batch names, if it was made for this batch. Batches from before the first
 * bundle name none.
 */
export function findBundle(
  run: Run,
  facts: TransactionFacts,
  book: BundleBook,
  record: BatchRecord,
): BundleFile | null {
  const { number: batch, settled } = record;
  const name = settled.bundleHash;
  const fail = (why: string): null => {
    report(run, "bundle", facts, `batch ${batch} names ${why}`, { batch, actual: name });
    return null;
  };
  const last = book.files.lastNamed();
  if (name === NO_BUNDLE) return last ? fail("no bundle, though earlier batches do") : null;
  const file = book.files.find(name);
  if (file === undefined) return fail(`the bundle ${name}, which ${book.faults.get(name) ?? "was not read"}`);
  if (file.batch !== null) return fail(`the bundle ${name}, which was made for batch ${file.batch}`);
  if (last && file.file < last.file) return fail(`the bundle ${name}, which is older than that of batch ${last.batch}`);
  if (file.block >= facts.block || file.time > facts.time)
    return fail(`the bundle ${name}, which says that it was made at block ${file.block}, after the batch`);
  return file;
}

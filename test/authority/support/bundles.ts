import type { Db } from "../../../authority/store/database.ts";
import { findBundleSize, listBundles, readBundleBytes } from "../../../authority/store/tables/bundles.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Batch } from "../../../protocol/contract/batch.ts";
import { type BundleLine, type ReadBundle, readBundle } from "../../support/read-bundle.ts";
import { batchIn } from "../../support/settle-calldata.ts";
import type { TestAuthority } from "./context.ts";

/** All bundles of the store, oldest first. */
export async function storedBundles(db: Db): Promise<ReadBundle[]> {
  const listed = await listBundles(db, Number.MAX_SAFE_INTEGER, 1_000);
  const bundles: ReadBundle[] = [];
  for (const { name } of listed.toReversed()) {
    const size = (await findBundleSize(db, name)) as number;
    const bundle = readBundle(await readBundleBytes(db, name, { start: 0, end: size - 1 }));
    if (bundle.name !== name) throw new Error("a bundle is not what its name says");
    bundles.push(bundle);
  }
  return bundles;
}

/** The batches that the authority has decided to send, oldest first. */
export async function decidedBatches({ context }: TestAuthority): Promise<Batch[]> {
  const rows = await context.store.db
    .selectFrom("transactions")
    .select("data")
    .where("kind", "=", "settle")
    .orderBy("id")
    .execute();
  return rows.map(({ data }) => batchIn(data as Hex));
}

export function lanesIn(lines: readonly BundleLine[]): unknown[] {
  return lines.map(({ lane }) => lane);
}

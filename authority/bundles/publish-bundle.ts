import { NO_BUNDLE } from "../../protocol/audit/bundle.ts";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { SignedStatement } from "../../protocol/signed/statement.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import {
  type BundleTip,
  findBatchBundleTime,
  findBundleTip,
  findLastLane,
  insertBundle,
  listLanesIssuedAfter,
  listUnpaidLanes,
} from "../store/tables/bundles.ts";
import { listLanesOfBatch } from "../store/tables/lanes.ts";
import { insertTorrent } from "../store/tables/torrents.ts";
import { type BundleInput, buildBundle } from "./build-bundle.ts";
import { createBundleTorrent } from "./bundle-torrent.ts";

/** Allotments that may wait for a batch: about 14 MB of a bundle. */
export const MAX_WAITING_ALLOTMENTS = 20_000;

/**
 * Stores the bundle of a stored batch, with all allotments that no bundle has
 * (docs/protocol.md 9.2). Call it in the store transaction that makes the batch, after the lanes of
 * all batches of that transaction are marked.
 * @returns its name, for the batch's `bundleHash`
 */
export async function publishBundle(
  context: Context,
  db: Db,
  { id: batchId, statements }: { readonly id: number; readonly statements: readonly SignedStatement[] },
): Promise<Hex> {
  const tip = await findBundleTip(db);
  const { claimPeriodSec } = context.chain.facts;
  return storeBundle(context, db, tip, batchId, {
    issued: await listLanesIssuedAfter(db, tip?.lastLane ?? 0, null),
    settling: await listLanesOfBatch(db, batchId),
    statements,
    // A lane whose claim window was still open at the previous batch is listed once more, with how
    // it ended.
    unpaid: await listUnpaidLanes(db, { batchId, expiredAfter: (await findBatchBundleTime(db)) - claimPeriodSec }),
  });
}

/**
 * Puts allotments that have become many into bundles of their own, so that no bundle grows without
 * bound.
 */
export async function publishBacklog(context: Context): Promise<void> {
  const { store } = context;
  const isLong = (tip: BundleTip | null, lastLane: number): boolean =>
    lastLane - (tip?.lastLane ?? 0) > MAX_WAITING_ALLOTMENTS;
  while (isLong(await findBundleTip(store.db), await findLastLane(store.db))) {
    await store.transaction(async (trx) => {
      const tip = await findBundleTip(trx);
      const issued = await listLanesIssuedAfter(trx, tip?.lastLane ?? 0, MAX_WAITING_ALLOTMENTS);
      await storeBundle(context, trx, tip, null, { issued, settling: [], statements: [], unpaid: [] });
    });
  }
}

async function storeBundle(
  { chain, config }: Context,
  db: Db,
  tip: BundleTip | null,
  batchId: number | null,
  content: Omit<BundleInput, "header" | "minRow">,
): Promise<Hex> {
  const { chainId, contract } = chain.facts;
  const { number: block, timestamp: time } = chain.confirmed;
  const previous = tip?.name ?? NO_BUNDLE;
  const header = { chainId, contract, previous, block, time };
  const { name, body } = buildBundle({ header, ...content, minRow: config.params.minRow });
  const lastLane = content.issued.at(-1)?.sequence ?? tip?.lastLane ?? 0;
  const torrent = createBundleTorrent(name, body, config.trackerUrl);
  await insertTorrent(db, { ...torrent, publisher: chain.operator, publishedAt: time });
  const { infoHash } = torrent;
  await insertBundle(db, { name, previous, batchId, body, infoHash, lastLane, createdAt: time });
  return name;
}

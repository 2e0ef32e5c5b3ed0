import { NO_BUNDLE } from "../../protocol/audit/bundle.ts";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { SignedStatement } from "../../protocol/signed/statement.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { nextTurn } from "../store/next-turn.ts";
import {
  type BundleTip,
  findBundleTip,
  findLastLane,
  insertBundle,
  listLanesIssuedAfter,
  retractBundle,
} from "../store/tables/bundles.ts";
import { clearLaneNews, hasMoreNews, listLaneNews, restoreLaneNews } from "../store/tables/lane-news.ts";
import type { StoredLane } from "../store/tables/lanes.ts";
import { insertTorrent } from "../store/tables/torrents.ts";
import { type BundleInput, buildBundle, listedIn } from "./build-bundle.ts";
import { createBundleTorrent } from "./bundle-torrent.ts";

/** Allotments, or vouchers that changed, that may wait for a batch: about 400 kB. */
export const MAX_WAITING = 500;
/** What a batch's own bundle may tell besides its rows: it is stored in one transaction. */
export const MAX_BESIDE = 50;

/**
 * Stores the bundle of a stored batch: all allotments that no bundle has, the batch's vouchers, and
 * the other lanes that changed since the bundle before (docs/protocol.md 9.2). Call it in the store
 * transaction that makes the batch, after its lanes are marked.
 * @returns its name, for the batch's `bundleHash`
 */
export async function publishBundle(
  context: Context,
  db: Db,
  {
    id: batchId,
    settling,
    statements,
  }: {
    readonly id: number;
    /** Lanes of the batch, in the order of its rows. */
    readonly settling: readonly StoredLane[];
    readonly statements: readonly SignedStatement[];
  },
): Promise<Hex> {
  const tip = await findBundleTip(db);
  const issued = await listLanesIssuedAfter(db, tip?.lastLane ?? 0, null);
  await clearLaneNews(db, settling);
  const changed = await listLaneNews(db, null);
  await clearLaneNews(db, changed);
  return storeBundle(context, db, tip, batchId, { issued, settling, statements, changed });
}

/**
 * Puts what has become much into bundles of their own, so that no bundle is large, and none is made
 * at once with many others.
 */
export async function publishBacklog(context: Context, max = MAX_WAITING): Promise<void> {
  const { store } = context;
  while (await isLong(store.db, max)) {
    await store.transaction(async (trx) => {
      const tip = await findBundleTip(trx);
      const issued = await listLanesIssuedAfter(trx, tip?.lastLane ?? 0, MAX_WAITING);
      const last = issued.at(-1)?.sequence ?? tip?.lastLane ?? 0;
      // Nothing is told of a lane before its allotment.
      const changed = (await listLaneNews(trx, MAX_WAITING)).filter(({ sequence }) => sequence <= last);
      await clearLaneNews(trx, changed);
      await storeBundle(context, trx, tip, null, { issued, settling: [], statements: [], changed });
    });
    await nextTurn();
  }
}

async function isLong(db: Db, max: number): Promise<boolean> {
  const waiting = (await findLastLane(db)) - ((await findBundleTip(db))?.lastLane ?? 0);
  return waiting > max || (await hasMoreNews(db, max));
}

/**
 * A batch failed before it was signed: unless a bundle follows its own, the line of bundles goes on
 * without it, and the next one tells all again. Call it after the batch's lanes are open again.
 */
export async function withdrawBundle(db: Db, batchId: number, now: number): Promise<void> {
  const body = await retractBundle(db, batchId, now);
  if (body) await restoreLaneNews(db, listedIn(body));
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

import { join, resolve } from "node:path";
import { checkListing } from "../../client/account/listing.ts";
import type { Offer } from "../../client/account/offer.ts";
import type { Account } from "../../client/account/opened-account.ts";
import { type CacheTerms, cacheBooks, readCacheBooks } from "../../client/contents/cache-terms.ts";
import { cacheSpendingOf } from "../../client/contents/spending.ts";
import { readMetainfo } from "../../client/torrent/content/metainfo.ts";
import { printable } from "../../protocol/base/text.ts";
import { formatBytes, formatMoney, min } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { CommandContext } from "../runtime.ts";
import { describeTerms, readCacheTerms } from "./cache-options.ts";
import { type ContentRun, runContent } from "./content-run.ts";
import { describeListing } from "./describe-content.ts";
import { checkPrice, type GetOptions } from "./download.ts";
import { readPurse, shortageOf } from "./quote.ts";

/**
 * `get --cache`: buys what others ask for, and sells it, until Ctrl-C.
 * @throws {PaymentError} PRICE_TOO_HIGH, BALANCE_TOO_LOW; {AccessError} TORRENT_UNKNOWN;
 * {InputError} OPTIONS_CONFLICT, AMOUNT_INVALID
 */
export async function cache(context: CommandContext, offer: Offer, options: GetOptions): Promise<void> {
  const { output, signal } = context;
  const { torrent, metainfo, opened } = offer;
  const { token, feeBps } = opened.network.info;
  checkPrice(torrent, options.maxPrice, token);
  const terms = readCacheTerms(options, torrent.pricePerGiB, token) as CacheTerms;
  const isSigned = await checkListing(opened.network.info, torrent);
  const { title, publisher, listing, replacedBy, infoHash, pieceLength } = torrent;
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  output.event("content", { title, publisher, isSigned, listing, replacedBy }, describeListing(torrent, isSigned));
  const { name } = await readMetainfo(metainfo, infoHash);
  const directory = resolve(options.out);
  const work = async (run: ContentRun): Promise<"stopped"> => {
    const content = await run.peer.download({
      ...{ metainfo, infoHash, directory, onEvent: run.onEvent },
      pricePerGiB,
      sharePercent: torrent.sharePercent,
      files: options.files ?? null,
      cache: readCacheBooks(run, { infoHash, pieceLength, pricePerGiB }, terms, feeBps),
    });
    const { torrentPort, libp2pPort } = run.peer;
    const text = `caching ${printable(title)} for ${describeTerms(terms, token)} (stop with Ctrl-C)`;
    output.event("ready", { infoHash, torrentPort, libp2pPort }, text);
    const read = run.watch(content);
    run.afterStop(() => {
      const line = read();
      const { spent, earned: cameBack } = cacheBooks(run.store.moneyOf(infoHash), terms, feeBps);
      const kept = `${formatBytes(line.bytesDone)} of ${formatBytes(line.bytesTotal)} are kept`;
      const money = `${formatMoney(spent, token)} spent, ${formatMoney(cameBack, token)} came back, over all runs`;
      output.event("done", { path: join(directory, name), ...line, spent, cameBack }, `${kept}; ${money}`);
    });
    await run.stopped;
    return "stopped";
  };
  await runContent(
    context,
    offer,
    {
      ...options,
      need: "spend",
      isLong: true,
      maxSpend: null,
      check: (account) => checkPurse(account, terms, token, signal),
      settings: (store) => ({ spending: cacheSpendingOf(store, terms, feeBps) }),
    },
    work,
  );
}

/** What may be lost must be there. */
async function checkPurse(account: Account, terms: CacheTerms, token: Info["token"], signal: AbortSignal) {
  const atRisk = min(terms.budget, terms.stopLoss);
  const shortage = shortageOf({ bytes: 0, cost: atRisk }, await readPurse(account, signal), null, token);
  if (shortage) throw shortage;
}

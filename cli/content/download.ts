import { once } from "node:events";
import { join, resolve } from "node:path";
import type { AccountHome } from "../../client/account/home.ts";
import { checkListing } from "../../client/account/listing.ts";
import type { Offer } from "../../client/account/offer.ts";
import type { Account } from "../../client/account/opened-account.ts";
import type { StreamServer } from "../../client/stream/stream-server.ts";
import type { ContentEvent } from "../../client/torrent/content/content.ts";
import { type ParsedContent, readMetainfo } from "../../client/torrent/content/metainfo.ts";
import { type FilePlace, targetsOf } from "../../client/torrent/content/part-files.ts";
import { select } from "../../client/torrent/content/selection.ts";
import { FloodgateError, PaymentError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatBytes, formatMoney, owed, parseAmount } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import type { ListenOptions } from "../listening.ts";
import type { ProgressLine } from "../progress.ts";
import { type CommandContext, Interruption } from "../runtime.ts";
import type { CacheOptions } from "./cache-options.ts";
import { type ContentRun, runContent } from "./content-run.ts";
import { describeListing } from "./describe-content.ts";
import { reuseOlder } from "./older-version.ts";
import { askToSpend, describeQuote, isLarge, type Purse, quoteOf, readPurse, shortageOf } from "./quote.ts";
import { type Patience, untilHopeless, WAIT_SEC } from "./standstill.ts";
import type { PlaceOf, StreamOptions } from "./stream.ts";

export interface GetOptions extends ListenOptions, StreamOptions, CacheOptions {
  readonly out: string;
  readonly seed?: boolean;
  readonly maxPrice?: string;
  readonly maxSpend?: string;
  readonly yes?: boolean;
  /** Seconds. */
  readonly wait?: number;
  readonly files?: readonly string[];
  readonly reuse?: string;
  readonly sponsored?: boolean;
  readonly authority?: string;
  /** The home of a download that a sponsor pays. */
  readonly ticket?: AccountHome;
}

/** What all runs of one download share. */
interface Download {
  readonly offer: Offer;
  readonly directory: string;
  /** Patterns of the files that are wanted; null: all. */
  readonly files: readonly string[] | null;
  readonly isSeeding: boolean;
  readonly isSponsored: boolean;
  /** Base units; null: no limit. */
  readonly maxSpend: Amount | null;
  readonly stream: StreamServer | null;
  readonly patience: Patience;
  /** Tells the cost of what is missing, and refuses what cannot be paid, or is declined. */
  admit(bytesMissing: number): Promise<void>;
  /** The latest run's progress. */
  read: (() => ProgressLine) | null;
  hasPiece: boolean;
  /** Tells the result, once. */
  sayDone(line: ProgressLine): void;
}

/**
 * Ends when the content is complete; with `seed` or `stream` at Ctrl-C.
 * @throws {PaymentError} PRICE_TOO_HIGH, BALANCE_TOO_LOW, PRICE_DECLINED, SPEND_LIMIT
 * @throws {AccessError} TORRENT_UNKNOWN; {NetworkError} SELLER_MISSING
 * @throws {InputError} STREAM_FILE_UNKNOWN, PORT_UNUSABLE
 */
export async function get(context: CommandContext, asked: Promise<Offer>, options: GetOptions): Promise<void> {
  const streaming = options.stream ? import("./stream.ts") : null;
  const { output, signal } = context;
  const offer = await asked;
  const { torrent, metainfo } = offer;
  const { network } = offer.opened;
  const { token } = network.info;
  checkPrice(torrent, options.maxPrice, token);
  const isSigned = await checkListing(network.info, torrent);
  const { title, publisher, listing, replacedBy } = torrent;
  const hint = torrent.isSponsored && options.ticket === undefined ? "; free for you with --sponsored" : "";
  const described = `${describeListing(torrent, isSigned)}${hint}`;
  output.event("content", { title, publisher, isSigned, listing, replacedBy }, described);
  const maxSpend = options.maxSpend === undefined ? null : parseAmount(options.maxSpend, token.decimals);
  const parsed = await readMetainfo(metainfo, torrent.infoHash);
  const files = options.files ?? null;
  const wanted = select(parsed, files);
  const directory = resolve(options.out);
  const path = join(directory, parsed.name);
  await reuseOlder(context, offer, { parsed, directory, wants: wanted.has }, options.reuse);
  const isFree = torrent.pricePerGiB === "0";
  const isSponsored = options.ticket !== undefined;

  let isDone = false;
  let purse: Promise<Purse> | null = null;
  let isAdmitted = false;
  const streamed = { ...parsed, files: wanted.files };
  const stream = (await (await streaming)?.openStream(output, streamed, placeIn(directory, parsed), options)) ?? null;
  const download: Download = {
    offer,
    directory,
    files,
    isSeeding: options.seed ?? false,
    isSponsored,
    maxSpend,
    stream,
    patience: options.wait ?? (context.confirm === null ? WAIT_SEC : null),
    async admit(bytesMissing) {
      // A renewed session asks nothing again.
      if (isAdmitted || purse === null) return;
      const quote = quoteOf(bytesMissing, BigInt(torrent.pricePerGiB));
      const has = await purse;
      const { sharePercent } = torrent;
      const text = bytesMissing === 0 ? null : describeQuote(quote, has, token, { isSponsored, sharePercent });
      output.event("quote", { ...quote, spendable: has.spendable, limitLeft: has.limitLeft }, text);
      const shortage = shortageOf(quote, has, maxSpend, token);
      if (shortage) throw shortage;
      if (!options.yes && !isSponsored && context.confirm !== null && isLarge(quote, has, maxSpend))
        await askToSpend(context.confirm);
      isAdmitted = true;
    },
    read: null,
    hasPiece: false,
    sayDone(line) {
      if (isDone) return;
      isDone = true;
      const paid = `${formatBytes(line.bytesDown)} cost ${formatMoney(line.paid, token)}`;
      const cost = isFree ? "it is free" : isSponsored ? `${paid}, which its sponsor paid` : paid;
      const until = options.stream ? "; played until Ctrl-C" : "";
      output.event("done", { path, ...line }, `${printable(path)} is complete: ${cost}${until}`);
    },
  };
  try {
    const check = async (account: Account): Promise<void> => {
      const ofTicket = { spendable: account.session.limit, limitLeft: null };
      purse = isDone || isFree ? null : isSponsored ? Promise.resolve(ofTicket) : readPurse(account, signal);
      purse?.catch(() => undefined);
    };
    const isLong = download.isSeeding;
    const runOptions = { ...options, need: isFree ? "serve" : "spend", isLong, maxSpend, check } as const;
    await runContent(context, offer, runOptions, (run) => downloadOnce(context, download, run)).catch((error) => {
      throw isDone ? error : (interrupted(download, token, signal) ?? error);
    });
    // The result is the last line, with all that was paid.
    if (download.read) download.sayDone(download.read());
    // A player that pauses, or has enough for now, looks like one that is closed: only the user
    // knows.
    if (stream && !signal.aborted) await once(signal, "abort");
  } finally {
    await stream?.close();
  }
}

function placeIn(directory: string, { files }: Pick<ParsedContent, "files">): PlaceOf {
  const places = targetsOf(directory, files);
  return (wanted) => places[files.findIndex(({ path }) => path === wanted)] as FilePlace;
}

/**
 * One run of the download. @throws {PaymentError} SPEND_LIMIT, BALANCE_TOO_LOW; {AccessError}
 * NO_SELLER; {NetworkError} SELLER_MISSING
 */
async function downloadOnce(
  { output, signal }: CommandContext,
  download: Download,
  run: ContentRun,
): Promise<"done" | "stopped"> {
  const { offer, directory, files, maxSpend, stream } = download;
  const { torrent, metainfo } = offer;
  const { infoHash } = torrent;
  let trackerProblem: FloodgateError | null = null;
  const onEvent = (event: ContentEvent): void => {
    run.onEvent(event);
    if (event.type === "tracker-problem") trackerProblem = event.error;
    if (event.type === "tracker-answered") trackerProblem = null;
    if (event.type !== "progress") return;
    if (!download.hasPiece) output.event("first-piece", { piece: event.piece }, null);
    download.hasPiece = true;
    stream?.arrived();
  };
  const order = stream ? "sequential" : "rarest";
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  const { admit } = download;
  const request = { metainfo, infoHash, pricePerGiB, sharePercent: torrent.sharePercent, onEvent };
  const content = await run.peer.download({ ...request, directory, order, files, admit });
  stream?.use(content);
  const progress = run.watch(content);
  download.read = progress;
  const waiting = new AbortController();
  const piece = owed(torrent.pieceLength, pricePerGiB);
  const hopeless = untilHopeless(
    () => ({
      ...content.progress(),
      outlook: run.peer.outlook(infoHash),
      trackerProblem,
      isSpent: maxSpend !== null && run.totals().paid + piece > maxSpend,
      isSponsored: download.isSponsored,
    }),
    (message) => output.event("warning", { message }, message),
    download.patience,
    waiting.signal,
  );
  hopeless.catch(() => undefined);
  const outcome = await Promise.race([
    content.complete.then(() => "complete"),
    run.stopped.then(() => "stopped"),
    hopeless,
  ]).finally(() => waiting.abort());
  if (outcome instanceof FloodgateError) throw outcome;
  if (outcome === "stopped") {
    signal.throwIfAborted();
    return "stopped";
  }
  stream?.completed();
  await run.peer.finish(infoHash);
  if (!download.isSeeding) return "done";
  download.sayDone(progress());
  await run.stopped;
  return "stopped";
}

export function checkPrice(torrent: TorrentReply, maxPrice: string | undefined, token: Info["token"]): void {
  const price = BigInt(torrent.pricePerGiB);
  if (maxPrice === undefined || price <= parseAmount(maxPrice, token.decimals)) return;
  throw new PaymentError(
    "PRICE_TOO_HIGH",
    `it costs ${formatMoney(price, token)} per GiB, more than your --max-price: raise that, or leave it`,
  );
}

/** What a signal has left behind, once everything is paid; null: there was none. */
function interrupted({ read }: Download, token: Info["token"], { reason }: AbortSignal): FloodgateError | null {
  if (!(reason instanceof Interruption) || read === null) return null;
  const { bytesDone, bytesTotal, paid } = read();
  const kept = `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)} are kept, ${formatMoney(paid, token)} was paid`;
  return new FloodgateError("INTERRUPTED", `stopped by ${reason.signal}: ${kept}; give the command again to go on`);
}

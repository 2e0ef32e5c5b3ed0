import { once } from "node:events";
import { join, resolve } from "node:path";
import type { Offer } from "../../client/account/offer.ts";
import type { Account } from "../../client/account/opened-account.ts";
import type { StreamServer } from "../../client/stream/stream-server.ts";
import type { ContentEvent } from "../../client/torrent/content/content.ts";
import { readMetainfo } from "../../client/torrent/content/metainfo.ts";
import { FloodgateError, PaymentError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatBytes, formatMoney, owed, parseAmount } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import type { ListenOptions } from "../listening.ts";
import type { ProgressLine } from "../progress.ts";
import type { CommandContext } from "../runtime.ts";
import { type ContentRun, runContent } from "./content-run.ts";
import { untilSpent } from "./spend-limit.ts";
import { untilHopeless } from "./standstill.ts";
import type { StreamOptions } from "./stream.ts";

export interface GetOptions extends ListenOptions, StreamOptions {
  readonly out: string;
  readonly seed?: boolean;
  readonly maxPrice?: string;
  readonly maxSpend?: string;
}

/** What all runs of one download share. */
interface Download {
  readonly offer: Offer;
  readonly directory: string;
  readonly isSeeding: boolean;
  /** Base units; null: no limit. */
  readonly maxSpend: Amount | null;
  readonly stream: StreamServer | null;
  /** The latest run's progress. */
  read: (() => ProgressLine) | null;
  hasPiece: boolean;
  /** Tells the result, once. */
  sayDone(line: ProgressLine): void;
}

/**
 * Ends when the content is complete; with `seed` or `stream` at Ctrl-C.
 * @throws {PaymentError} PRICE_TOO_HIGH, BALANCE_TOO_LOW, SPEND_LIMIT; {AccessError}
 * TORRENT_UNKNOWN
 * @throws {InputError} STREAM_FILE_UNKNOWN, PORT_UNUSABLE
 */
export async function get(context: CommandContext, asked: Promise<Offer>, options: GetOptions): Promise<void> {
  const streaming = options.stream ? import("./stream.ts") : null;
  const { output, signal } = context;
  const offer = await asked;
  const { torrent, metainfo } = offer;
  const { token } = offer.opened.network.info;
  checkPrice(torrent, options.maxPrice, token);
  const maxSpend = options.maxSpend === undefined ? null : parseAmount(options.maxSpend, token.decimals);
  const { parsed } = await readMetainfo(metainfo, torrent.infoHash);
  const directory = resolve(options.out);
  const path = join(directory, parsed.name);
  const isFree = torrent.pricePerGiB === "0";

  let isDone = false;
  const stream = (await (await streaming)?.openStream(output, parsed, directory, options)) ?? null;
  const download: Download = {
    offer,
    directory,
    isSeeding: options.seed ?? false,
    maxSpend,
    stream,
    read: null,
    hasPiece: false,
    sayDone(line) {
      if (isDone) return;
      isDone = true;
      const cost = isFree ? "it is free" : `${formatBytes(line.bytesDown)} cost ${formatMoney(line.paid, token)}`;
      const until = options.stream ? "; played until Ctrl-C" : "";
      output.event("done", { path, ...line }, `${printable(path)} is complete: ${cost}${until}`);
    },
  };
  try {
    const check = (account: Account): Promise<void> =>
      isDone ? Promise.resolve() : checkBalance(account, torrent, signal);
    const runOptions = { ...options, need: isFree ? "serve" : "spend", maxSpend, check } as const;
    await runContent(context, offer, runOptions, (run) => downloadOnce(context, download, run));
    // The result is the last line, with all that was paid.
    if (download.read) download.sayDone(download.read());
    // A player that pauses, or has enough for now, looks like one that is closed: only the user
    // knows.
    if (stream && !signal.aborted) await once(signal, "abort");
  } finally {
    await stream?.close();
  }
}

/**
 * One run of the download. @throws {PaymentError} SPEND_LIMIT, BALANCE_TOO_LOW; {AccessError}
 * NO_SELLER
 */
async function downloadOnce(
  { output, signal }: CommandContext,
  download: Download,
  run: ContentRun,
): Promise<"done" | "stopped"> {
  const { offer, directory, maxSpend, stream } = download;
  const { torrent, metainfo, opened } = offer;
  const { infoHash } = torrent;
  const onEvent = (event: ContentEvent): void => {
    run.onEvent(event);
    if (event.type !== "progress") return;
    if (!download.hasPiece) output.event("first-piece", { piece: event.piece }, null);
    download.hasPiece = true;
    stream?.arrived();
  };
  const order = stream ? "sequential" : "rarest";
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  const content = await run.peer.download({ metainfo, infoHash, pricePerGiB, onEvent, directory, order });
  stream?.use(content);
  const progress = run.watch(content);
  download.read = progress;
  const waiting = new AbortController();
  const spent = untilSpent(progress, torrent, maxSpend, waiting.signal);
  spent.catch(() => undefined);
  const hopeless = untilHopeless(
    () => ({ ...content.progress(), outlook: run.peer.outlook(infoHash) }),
    (message) => output.event("warning", { message }, message),
    waiting.signal,
  );
  hopeless.catch(() => undefined);
  const outcome = await Promise.race([
    content.complete.then(() => "complete"),
    run.stopped.then(() => "stopped"),
    spent.then(() => "spent"),
    hopeless,
  ]).finally(() => waiting.abort());
  if (outcome instanceof FloodgateError) throw outcome;
  if (outcome === "spent") throw spendLimit(maxSpend ?? 0n, opened.network.info.token);
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

function checkPrice(torrent: TorrentReply, maxPrice: string | undefined, token: Info["token"]): void {
  const price = BigInt(torrent.pricePerGiB);
  if (maxPrice === undefined || price <= parseAmount(maxPrice, token.decimals)) return;
  throw new PaymentError(
    "PRICE_TOO_HIGH",
    `it costs ${formatMoney(price, token)} per GiB, more than your --max-price: raise that, or leave it`,
  );
}

/**
 * Lanes of an earlier run may hold the whole balance, and still pay: only an empty account cannot
 * go on.
 */
async function checkBalance({ client, network }: Account, torrent: TorrentReply, signal: AbortSignal): Promise<void> {
  const price = BigInt(torrent.pricePerGiB);
  if (price === 0n) return;
  const { balance, withdrawing } = await client.account(signal);
  if (BigInt(balance) > BigInt(withdrawing)) return;
  const cost = formatMoney(owed(torrent.sizeBytes, price), network.info.token);
  throw new PaymentError(
    "BALANCE_TOO_LOW",
    `it costs ${cost}, and there is nothing to spend in the account: pay in with \`floodgate deposit\``,
  );
}

function spendLimit(maxSpend: Amount, token: Info["token"]): PaymentError {
  const limit = formatMoney(maxSpend, token);
  return new PaymentError(
    "SPEND_LIMIT",
    `--max-spend ${limit} is used up before the end: give the command again with more, what is there is kept`,
  );
}

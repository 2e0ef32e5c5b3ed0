import { once } from "node:events";
import { join, resolve } from "node:path";
import type { ContentEvent } from "../../client/torrent/content/content.ts";
import { readMetainfo } from "../../client/torrent/content/metainfo.ts";
import { PaymentError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatBytes, owed, parseAmount } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import type { Account } from "../account/account.ts";
import type { ListenOptions } from "../commands/content.ts";
import { formatMoney } from "../money.ts";
import type { ProgressLine } from "../progress.ts";
import type { Context } from "../runtime.ts";
import type { Offer } from "./offer.ts";
import { type PeerRun, runPeer } from "./peer-run.ts";
import { untilSpent } from "./spend-limit.ts";
import type { StreamOptions } from "./stream.ts";

interface GetOptions extends ListenOptions, StreamOptions {
  readonly out: string;
  readonly seed?: boolean;
  readonly maxPrice?: string;
  readonly maxSpend?: string;
}

/**
 * Ends when the content is complete; with `seed` or `stream` at Ctrl-C.
 * @throws {PaymentError} PRICE_TOO_HIGH, BALANCE_TOO_LOW, SPEND_LIMIT; {AccessError} TORRENT_UNKNOWN
 * @throws {InputError} STREAM_FILE_UNKNOWN, PORT_UNUSABLE
 */
export async function get(context: Context, offer: Promise<Offer>, options: GetOptions): Promise<void> {
  const streaming = options.stream ? import("./stream.ts") : null;
  const { output, signal } = context;
  const { opened, torrent, metainfo } = await offer;
  const { token } = opened.network.info;
  checkPrice(torrent, options.maxPrice, token);
  const maxSpend = options.maxSpend === undefined ? null : parseAmount(options.maxSpend, token.decimals);
  const { infoHash } = torrent;
  const { parsed } = await readMetainfo(metainfo, infoHash);
  const directory = resolve(options.out);
  const path = join(directory, parsed.name);
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  const need = pricePerGiB === 0n ? "serve" : "spend";

  let isDone = false;
  const sayDone = (line: ProgressLine): void => {
    if (isDone) return;
    isDone = true;
    const { bytesDown, paid } = line;
    const cost = pricePerGiB === 0n ? "it is free" : `${formatBytes(bytesDown)} cost ${formatMoney(paid, token)}`;
    const until = options.stream ? "; played until Ctrl-C" : "";
    output.event("done", { path, ...line }, `${printable(path)} is complete: ${cost}${until}`);
  };
  let read = (): ProgressLine | null => null;
  const stream = await (await streaming)?.openStream(output, parsed, directory, options);
  const order = stream ? "sequential" : "rarest";
  let hasPiece = false;
  const work = async (run: PeerRun): Promise<"done" | "stopped"> => {
    const { peer } = run;
    const onEvent = (event: ContentEvent): void => {
      run.onEvent(event);
      if (event.type !== "progress") return;
      if (!hasPiece) output.event("first-piece", { piece: event.piece }, null);
      hasPiece = true;
      stream?.arrived();
    };
    const content = await peer.download({ metainfo, infoHash, pricePerGiB, onEvent, directory, order });
    stream?.use(content);
    const progress = run.watch(content);
    read = progress;
    const waiting = new AbortController();
    const spent = untilSpent(progress, torrent, maxSpend, waiting.signal);
    spent.catch(() => undefined);
    const outcome = await Promise.race([
      content.complete.then(() => "complete"),
      run.stopped.then(() => "stopped"),
      spent.then(() => "spent"),
    ]).finally(() => waiting.abort());
    if (outcome === "spent") throw spendLimit(maxSpend ?? 0n, token);
    if (outcome === "stopped") {
      signal.throwIfAborted();
      return "stopped";
    }
    stream?.completed();
    await peer.finish(infoHash);
    if (!options.seed) return "done";
    sayDone(progress());
    await run.stopped;
    return "stopped";
  };
  try {
    const check = (account: Account): Promise<void> =>
      isDone ? Promise.resolve() : checkBalance(account, torrent, signal);
    await runPeer(context, opened, { ...options, torrent, need, maxSpend, check }, work);
    // The result is the last line, with all that was paid.
    const last = read();
    if (last) sayDone(last);
    // A player that pauses, or has enough for now, looks like one that is closed: only the user knows.
    if (stream && !signal.aborted) await once(signal, "abort");
  } finally {
    await stream?.close();
  }
}

/** Serves until Ctrl-C. @throws {InputError} FILE_MISMATCH, FILE_UNREADABLE; {AccessError} TORRENT_UNKNOWN */
export async function seed(
  context: Context,
  offer: Promise<Offer>,
  options: ListenOptions & { readonly file: string },
): Promise<void> {
  const { output } = context;
  const { opened, torrent, metainfo } = await offer;
  const { infoHash } = torrent;
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  const path = resolve(options.file);
  await runPeer(context, opened, { ...options, torrent, need: "serve", maxSpend: null, check: null }, async (run) => {
    const { torrentPort, libp2pPort } = run.peer;
    const content = await run.peer.seed({ metainfo, infoHash, pricePerGiB, onEvent: run.onEvent, path });
    const text = `seeding ${printable(torrent.title)} (stop with Ctrl-C)`;
    output.event("ready", { infoHash, torrentPort, libp2pPort }, text);
    run.watch(content);
    await run.stopped;
    return "stopped";
  });
}

function checkPrice(torrent: TorrentReply, maxPrice: string | undefined, token: Info["token"]): void {
  const price = BigInt(torrent.pricePerGiB);
  if (maxPrice === undefined || price <= parseAmount(maxPrice, token.decimals)) return;
  throw new PaymentError(
    "PRICE_TOO_HIGH",
    `it costs ${formatMoney(price, token)} per GiB, more than your --max-price: raise that, or leave it`,
  );
}

/** Lanes of an earlier run may hold the whole balance, and still pay: only an empty account cannot go on. */
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

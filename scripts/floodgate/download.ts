import { once } from "node:events";
import { join, resolve } from "node:path";
import { createPeer, type Peer } from "../../client/peer.ts";
import { openPeerStore } from "../../client/store/peer-store.ts";
import type { Content, ContentEvent } from "../../client/torrent/content.ts";
import { readMetainfo } from "../../client/torrent/metainfo.ts";
import { identityOf } from "../../client/wallet/session.ts";
import type { TorrentReply } from "../../protocol/api.ts";
import { PaymentError } from "../../protocol/errors.ts";
import { formatBytes, owed, parseAmount, printable } from "../../protocol/units.ts";
import { type Account, openAccount } from "./account.ts";
import type { Context } from "./command.ts";
import type { ListenOptions } from "./commands/content.ts";
import { formatMoney } from "./money.ts";
import type { Fields } from "./output.ts";
import { findTorrent } from "./repository.ts";

const PROGRESS_MS = 1_000;
/** For paying the rest and bringing the last vouchers to the authority. */
const STOP_MS = 10_000;

interface GetOptions extends ListenOptions {
  readonly out: string;
  readonly seed?: boolean;
  readonly maxPrice?: string;
  readonly maxSpend?: string;
}

export async function get(context: Context, id: string, options: GetOptions): Promise<void> {
  const { output, signal } = context;
  const account = await openAccount(context, "session");
  const { info } = account.network;
  const torrent = await findTorrent(account.client, id, signal);
  await checkPrice(context, account, torrent, options);
  const maxSpend = options.maxSpend === undefined ? null : parseAmount(options.maxSpend, info.token.decimals);
  const metainfo = await account.client.metainfo(torrent.infoHash, signal);
  const { parsed } = await readMetainfo(metainfo, torrent.infoHash);
  const path = join(resolve(options.out), parsed.name);

  await runPeer(context, account, { ...options, maxSpend }, async (peer, onEvent) => {
    const directory = resolve(options.out);
    const request = { metainfo, infoHash: torrent.infoHash, pricePerGiB: BigInt(torrent.pricePerGiB), onEvent };
    const content = await peer.download({ ...request, directory });
    const show = showProgress(context, account, torrent, peer, content);
    await Promise.race([content.complete, aborted(signal)]);
    signal.throwIfAborted();
    await peer.finish(torrent.infoHash);
    const { bytesDown, paid } = peer.totals();
    const text = `${printable(path)} is complete; ${formatBytes(bytesDown)} were bought for ${formatMoney(paid, info.token)}`;
    output.event("done", { path, ...show.fields() }, text);
    if (options.seed) await aborted(signal);
    return show;
  });
}

export async function seed(
  context: Context,
  id: string,
  options: ListenOptions & { readonly file: string },
): Promise<void> {
  const { output, signal } = context;
  const account = await openAccount(context, "session");
  const torrent = await findTorrent(account.client, id, signal);
  const metainfo = await account.client.metainfo(torrent.infoHash, signal);
  await runPeer(context, account, { ...options, maxSpend: null }, async (peer, onEvent) => {
    const request = { metainfo, infoHash: torrent.infoHash, pricePerGiB: BigInt(torrent.pricePerGiB), onEvent };
    const content = await peer.seed({ ...request, path: resolve(options.file) });
    const { infoHash } = torrent;
    const { torrentPort, libp2pPort } = peer;
    const text = `seeding ${printable(torrent.title)} (stop with Ctrl-C)`;
    output.event("ready", { infoHash, torrentPort, libp2pPort }, text);
    const show = showProgress(context, account, torrent, peer, content);
    await aborted(signal);
    return show;
  });
}

interface Progress {
  fields(): Fields;
  stop(): void;
}

/** Starts a peer in the account's home, and stops it in order whatever `work` does. */
async function runPeer(
  { home, output }: Context,
  { client, network, session }: Account,
  options: ListenOptions & { readonly maxSpend: bigint | null },
  work: (peer: Peer, onEvent: (event: ContentEvent) => void) => Promise<Progress>,
): Promise<void> {
  const warn = (message: string): void => output.event("warning", { message }, message);
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined);
  const store = openPeerStore(home);
  let peer: Peer | null = null;
  let progress: Progress | null = null;
  try {
    peer = await createPeer({
      identity: identityOf(session),
      network,
      store,
      authority: client,
      listen: { host: options.host, torrentPort: options.torrentPort, libp2pPort: options.voucherPort },
      maxSpend: options.maxSpend,
      log: warn,
      onFatal: fatal.reject,
    });
    const working = work(peer, (event) => {
      if (event.type === "piece-failed")
        warn(`piece ${event.piece} came with a wrong hash: it is asked of another peer`);
      if (event.type === "tracker-problem") warn(event.error.message);
      if (event.type === "failed") fatal.reject(event.error);
    });
    progress = await Promise.race([working, fatal.promise]);
  } finally {
    await peer?.stop(STOP_MS);
    progress?.stop();
    store.close();
  }
}

async function checkPrice(
  { signal }: Context,
  { client, network }: Account,
  torrent: TorrentReply,
  options: GetOptions,
): Promise<void> {
  const { token } = network.info;
  const price = BigInt(torrent.pricePerGiB);
  if (options.maxPrice !== undefined && price > parseAmount(options.maxPrice, token.decimals)) {
    throw new PaymentError(
      "PRICE_TOO_HIGH",
      `it costs ${formatMoney(price, token)} per GiB, more than your --max-price: raise that, or leave it`,
    );
  }
  if (price === 0n) return;
  const { free } = await client.account(signal);
  const cost = owed(torrent.sizeBytes, price);
  if (BigInt(free) === 0n) {
    throw new PaymentError(
      "BALANCE_TOO_LOW",
      `it costs ${formatMoney(cost, token)}, and nothing is free in the account: pay in with \`floodgate deposit\``,
    );
  }
}

function showProgress(
  { output }: Context,
  { network }: Account,
  torrent: TorrentReply,
  peer: Peer,
  content: Content,
): Progress {
  const { token } = network.info;
  const fields = (): Fields & { bytesDone: number } => {
    const { bytesDone, sizeBytes, rateDown, rateUp, peers } = content.progress();
    return { bytesDone, bytesTotal: sizeBytes, rateDown, rateUp, peers, ...peer.totals() };
  };
  const print = (): void => {
    const { rateDown, rateUp, peers, bytesDone, sizeBytes } = content.progress();
    const { paid, earned } = peer.totals();
    const percent = Math.floor((100 * bytesDone) / sizeBytes);
    const rates = `down ${formatBytes(Math.round(rateDown))}/s, up ${formatBytes(Math.round(rateUp))}/s, ${peers} peers`;
    const money = `paid ${formatMoney(paid, token)}, earned ${formatMoney(earned, token)}`;
    output.progress(
      fields(),
      `${printable(torrent.title)}: ${percent} % of ${formatBytes(sizeBytes)}, ${rates}; ${money}`,
    );
  };
  print();
  const timer = setInterval(print, PROGRESS_MS);
  return {
    fields,
    stop() {
      clearInterval(timer);
      print();
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

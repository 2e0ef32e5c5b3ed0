import { InvariantError, toError } from "../protocol/base/errors.ts";
import { type InfoHash, parseAddress } from "../protocol/base/ids.ts";
import type { Amount } from "../protocol/base/units.ts";
import type { AuthorityClient } from "./authority-client.ts";
import { createPeerClock } from "./clock.ts";
import { createDialRule, type DialRule } from "./dial-rule.ts";
import type { Outlook, PaymentTotals, TorrentPort, WireMoney } from "./exchange.ts";
import type { Network, PeerIdentity } from "./identity.ts";
import type { PaymentContext, Spending } from "./payment/context.ts";
import { MAX_UNPAID_BYTES } from "./payment/payee/credit-pools.ts";
import { UPLOAD_SLOTS } from "./payment/payee/upload-slots.ts";
import { type AuthorityRoutes, createPayments } from "./payment/payments.ts";
import type { PeerStore } from "./store/peer-store.ts";
import type { Admit, Content, ContentEvent, Place } from "./torrent/content/content.ts";
import type { ContentRates, TransferLimits } from "./torrent/content/content-limits.ts";
import type { KnownPieces } from "./torrent/content/known-pieces.ts";
import { type AddRequest, createTorrentEngine } from "./torrent/engine.ts";
import type { PieceOrder } from "./torrent/picker/piece-order.ts";
import type { ReadBooks } from "./torrent/picker/resale.ts";
import { MAX_WIRES_IN_ALL } from "./torrent/wire/share-wires.ts";

export interface PeerOptions {
  readonly identity: PeerIdentity;
  readonly network: Network;
  /** Of this peer's home. The caller closes it, after `stop`. */
  readonly store: PeerStore;
  /** With the access token. */
  readonly authority: AuthorityClient;
  readonly listen: {
    /** IP address. */
    readonly host: string;
    /** 0: any free port. */
    readonly torrentPort: number;
    readonly libp2pPort: number;
  };
  /** Per torrent, unless it has a limit of its own. */
  readonly maxWires?: number;
  /** Bytes that wires have just moved, protocol included. */
  readonly onTraffic?: (bytes: { readonly down: number; readonly up: number }) => void;
  /** Bytes a second that all torrents together send, protocol included; null: no limit. */
  readonly uploadLimit?: number | null;
  /** Most that this run may promise; null: no limit but the deposit and the session. */
  readonly maxSpend?: Amount | null;
  /** Caps that hold over runs. */
  readonly spending?: Spending | null;
  /** Nothing is served for less per GiB, as it is now; base units. */
  readonly minPrice?: () => Amount;
  /** Payers that are served at a time, over all contents; at least 1. More wait for their turn. */
  readonly uploadSlots?: number;
  /** Most bytes that all payers together may have begun and not paid. */
  readonly maxUnpaidBytes?: number;
  /** One line for people. */
  readonly log: (line: string) => void;
  /** The store failed or an invariant broke: stop the process and handle no more money. */
  readonly onFatal: (error: Error) => void;
}

export interface ContentRequest {
  readonly metainfo: Uint8Array;
  readonly infoHash: InfoHash;
  /** Base units per 2^30 bytes; 0 is free. The price to pay at most, and to serve for at least. */
  readonly pricePerGiB: Amount;
  /** What of it the publisher gets, whoever sells; absent: nothing. */
  readonly sharePercent?: number;
  /** What is known of its files, so that not all of them is hashed; null: nothing. */
  readonly known?: KnownPieces | null;
  /** Its own limits; absent: none. */
  readonly rates?: ContentRates;
  /** How it rests while nobody asks for it; absent: it always runs. */
  readonly rest?: AddRequest["rest"];
  readonly onEvent: (event: ContentEvent) => void;
}

export interface DownloadOptions {
  readonly order?: PieceOrder;
  /** Patterns of the files that are wanted; null: all. */
  readonly files?: readonly string[] | null;
  readonly admit?: Admit;
  /** Its money, if it is a cache: it buys only what it expects to sell. Null: it wants all. */
  readonly cache?: ReadBooks | null;
}

/** A running peer: downloads, serves, pays and is paid. */
export interface Peer {
  readonly torrentPort: number;
  readonly libp2pPort: number;
  /**
   * Writes into this directory, keeps what is there already, and serves from the first piece on.
   */
  download(request: ContentRequest & DownloadOptions & { readonly directory: string }): Promise<Content>;
  /** Serves this complete file or directory. */
  seed(request: ContentRequest & { readonly path: string }): Promise<Content>;
  /**
   * Pays what is owed for this content, closes its lanes, and leaves its swarm. It may be added
   * again.
   */
  remove(infoHash: InfoHash, deadlineMs: number): Promise<void>;
  /** From now on, over all contents; bytes a second, protocol included, null: no limit. */
  setLimits(limits: TransferLimits): void;
  /** Most wires of all contents; null: `MAX_WIRES_IN_ALL`. */
  setMaxWires(most: number | null): void;
  /** Of one content, if it is here. */
  setRates(infoHash: InfoHash, rates: ContentRates): void;
  /** Since this peer started. */
  totals(): PaymentTotals;
  /** What the caps leave for this content, base units; null: no cap is set. */
  spendLeft(infoHash: InfoHash): Amount | null;
  /** The owner has changed a cap: downloads that stood at it go on. */
  capsChanged(): void;
  /** What is bought and sold over this wire (`Content.wires`). */
  wireMoney(wireId: string): WireMoney;
  /** What was promised for it over all runs, and will be owed once what is begun has come. */
  promised(infoHash: InfoHash): Amount;
  /** Why nothing comes of this content, if nothing comes. */
  outlook(infoHash: InfoHash): Outlook;
  /** Call when the content is complete: pays the rest and tells every payee so. */
  finish(infoHash: InfoHash): Promise<void>;
  /** Pays what is owed, brings the vouchers to the authority, says `stopped`, closes all. */
  stop(deadlineMs: number): Promise<void>;
}

/** As many as other clients have: more connections than pieces to send help nobody. */
const MAX_WIRES = 55;

/** @throws {InputError} PORT_UNUSABLE */
export async function createPeer(options: PeerOptions): Promise<Peer> {
  const { identity, network, listen } = options;
  let isStopped = false;
  const onFatal = (error: unknown): void => {
    if (!isStopped || error instanceof InvariantError) options.onFatal(toError(error));
  };
  const dialing = createDialRule(network.info.trackerUrl, () => performance.now());
  const engine = await createTorrentEngine({
    host: listen.host,
    port: listen.torrentPort,
    trackerUrl: network.info.trackerUrl,
    dialing,
    sessionKey: identity.sessionKey,
    maxWires: options.maxWires ?? MAX_WIRES,
    maxWiresInAll: MAX_WIRES_IN_ALL,
    onTraffic: options.onTraffic,
    uploadLimit: options.uploadLimit ?? null,
  });
  const payments = await createPayments(contextOf(options, engine.port, dialing, onFatal), {
    listen: { host: listen.host, port: listen.libp2pPort },
    ...routesTo(options.authority),
  }).catch(async (error: unknown) => {
    await engine.stop(0);
    throw error;
  });
  const add = (request: ContentRequest & DownloadOptions, place: Place): Promise<Content> => {
    const { metainfo, infoHash, pricePerGiB, onEvent, admit, order = "rarest", files = null, known = null } = request;
    const { cache = null, rest = null, sharePercent = 0, rates } = request;
    const paid = pricePerGiB === 0n ? null : { pricePerGiB, sharePercent, payment: payments, cache };
    const limits = rates === undefined ? {} : { rates };
    return engine.add({ metainfo, infoHash, place, paid, order, files, known, rest, admit, ...limits, onEvent });
  };
  return {
    torrentPort: engine.torrentPort,
    libp2pPort: payments.port,
    download: (request) => add(request, { type: "download", directory: request.directory }),
    seed: (request) => add(request, { type: "seed", path: request.path }),
    async remove(infoHash, deadlineMs) {
      await payments.removeContent(infoHash);
      await engine.remove(infoHash, deadlineMs);
    },
    setLimits: engine.setLimits,
    setMaxWires: (most) => engine.setMaxWires(most ?? MAX_WIRES_IN_ALL),
    setRates: engine.setRates,
    totals: () => payments.totals(),
    spendLeft: (infoHash) => payments.payer.spendLeft(infoHash),
    capsChanged: () => payments.payer.capsChanged(),
    wireMoney: (wireId) => payments.moneyOf(wireId),
    promised: (infoHash) => payments.payer.promised(infoHash),
    outlook: (infoHash) => payments.payer.outlook(infoHash),
    finish: (infoHash) => payments.payer.finishContent(infoHash),
    async stop(deadlineMs) {
      await payments.stop(deadlineMs);
      await engine.stop(deadlineMs);
      isStopped = true;
    },
  };
}

function contextOf(
  options: PeerOptions,
  torrent: TorrentPort,
  dialing: DialRule,
  onFatal: (error: unknown) => void,
): PaymentContext {
  const { identity, network, store, log } = options;
  return {
    identity,
    network,
    separator: network.separator,
    store,
    clock: createPeerClock(network.info.now, () => performance.now()),
    torrent,
    mayDial: dialing.allows,
    maxSpend: options.maxSpend ?? null,
    spending: options.spending ?? null,
    minPrice: options.minPrice ?? (() => 0n),
    uploadSlots: options.uploadSlots ?? UPLOAD_SLOTS,
    maxUnpaidBytes: options.maxUnpaidBytes ?? MAX_UNPAID_BYTES,
    nowMs: () => performance.now(),
    setTimer: (run, ms) => {
      const timer = setTimeout(() => {
        try {
          run();
        } catch (error) {
          onFatal(error);
        }
      }, ms);
      return () => clearTimeout(timer);
    },
    log,
    onFatal,
  };
}

/** What payment asks of the authority. */
function routesTo(authority: AuthorityClient): AuthorityRoutes {
  return {
    push: (body) => authority.pushVouchers(body),
    allotters: async () => (await authority.info()).allotters.map(parseAddress),
    complain: (body) => authority.complain(body),
    statements: {
      offer: () => authority.statement(),
      sign: (body) => authority.signStatement(body),
    },
  };
}

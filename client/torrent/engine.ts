import type WebTorrent from "webtorrent";
import { InputError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import type { ContentTerms, PaymentPort, TorrentPort } from "../exchange.ts";
import {
  type Admit,
  type Content,
  type ContentEvent,
  type EngineContext,
  type Place,
  pieceLengthOf,
} from "./content/content.ts";
import type { ContentRates, TransferLimits } from "./content/content-limits.ts";
import type { KnownPieces } from "./content/known-pieces.ts";
import { LazyContent, type RestOptions } from "./content/lazy-content.ts";
import { readMetainfo } from "./content/metainfo.ts";
import { openContent } from "./content/open-content.ts";
import type { RunningContent } from "./content/running-content.ts";
import { select } from "./content/selection.ts";
import { createPaidTorrent, type PaidTorrent } from "./paid-torrent.ts";
import type { PieceOrder } from "./picker/piece-order.ts";
import type { ReadBooks } from "./picker/resale.ts";
import { type EngineOptions, startClient } from "./start-client.ts";
import { installWireGuard } from "./wire/wire-guard.ts";

/**
 * One BitTorrent client: paid torrents under payment's rule, free ones as any client would. TCP
 * only, and peers only from the authority's tracker.
 */
export interface TorrentEngine {
  /** TCP port of the BitTorrent listener. */
  readonly torrentPort: number;
  /** For the payment side of the paid torrents. */
  readonly port: TorrentPort;
  /**
   * Resolves when the pieces on disk are known and the torrent is announced.
   * @throws {InputError} CONTENT_TWICE, FILE_MISMATCH, FILE_UNREADABLE, FILE_EXISTS
   * @throws {ProtocolError} METAINFO_INVALID
   */
  add(request: AddRequest): Promise<Content>;
  /** Leaves the swarm of this content, if it is here; it may be added again. */
  remove(infoHash: InfoHash, deadlineMs: number): Promise<void>;
  /** From now on, over all torrents. */
  setLimits(limits: TransferLimits): void;
  setMaxWires(most: number): void;
  /** Of one content, if it is here. */
  setRates(infoHash: InfoHash, rates: ContentRates): void;
  /** Leaves all swarms; each tracker hears `stopped` at most for `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

export interface AddRequest {
  readonly metainfo: Uint8Array;
  /** The infohash that was asked for; the metainfo must have it. */
  readonly infoHash: InfoHash;
  readonly place: Place;
  /** Null: free, any client may have it. */
  readonly paid: {
    readonly pricePerGiB: ContentTerms["pricePerGiB"];
    readonly sharePercent?: number;
    readonly payment: PaymentPort;
    /** Its money, if it is a cache: it buys only what it expects to sell. */
    readonly cache?: ReadBooks | null;
  } | null;
  readonly order?: PieceOrder;
  /** Patterns of the files that are wanted, as `select` has them; null: all. */
  readonly files?: readonly string[] | null;
  /** What is known of the files, so that not all of them is hashed; null: nothing. */
  readonly known?: KnownPieces | null;
  /** How it rests while nobody asks for it; null: it always runs. */
  readonly rest?: (RestOptions & { readonly sizeBytes: number }) | null;
  /** Its own limits; absent: none. */
  readonly rates?: ContentRates;
  /** Of `ContentOptions`. */
  readonly admit?: Admit | undefined;
  readonly onEvent: (event: ContentEvent) => void;
}

/** @throws {InputError} PORT_UNUSABLE */
export async function createTorrentEngine(options: EngineOptions): Promise<TorrentEngine> {
  installWireGuard();
  const context = await startClient(options);
  const { client, bans, limits } = context;
  const contents = new Map<InfoHash, RunningContent | LazyContent>();
  const paidTorrents = new Map<InfoHash, PaidTorrent>();
  const adding = new Set<InfoHash>();
  const recheckPiece = async (infoHash: InfoHash, piece: number): Promise<boolean> => {
    const [content, torrent] = [contents.get(infoHash), paidTorrents.get(infoHash)];
    if (!content || !torrent) return false;
    return content.recheck(piece, () => torrent.drop(piece));
  };
  wakeByHandshake(client, (infoHash) => {
    const content = contents.get(infoHash);
    return content instanceof LazyContent ? content.wake() : null;
  });
  client.on("error", (error: unknown) => {
    for (const content of contents.values()) content.fail(error);
  });

  return {
    get torrentPort() {
      return client.torrentPort;
    },
    port: {
      ban(remoteKey) {
        bans.add(remoteKey, null);
        for (const torrent of paidTorrents.values()) torrent.ban(remoteKey);
      },
      unban: (remoteKey) => bans.remove(remoteKey),
      recheckPiece,
      reannounce: (infoHash) => contents.get(infoHash)?.again(false),
      redial: (infoHash) => contents.get(infoHash)?.again(true),
    },
    async add(request) {
      const { infoHash } = request;
      if (contents.has(infoHash) || adding.has(infoHash))
        throw new InputError("CONTENT_TWICE", `torrent ${infoHash} is already running in this peer`);
      adding.add(infoHash);
      limits.of(infoHash, request.rates);
      try {
        const events = {
          onPaid: (torrent: PaidTorrent) => void paidTorrents.set(infoHash, torrent),
          // A read that fails once may succeed when it is tried again.
          onUnreadable: (piece: number) => void recheckPiece(infoHash, piece),
        };
        const content = request.rest
          ? await openLazily(context, request, request.rest, events, () => paidTorrents.delete(infoHash))
          : await open(context, request, events);
        contents.set(infoHash, content);
        return content;
      } catch (error) {
        paidTorrents.delete(infoHash);
        limits.remove(infoHash);
        throw error;
      } finally {
        adding.delete(infoHash);
      }
    },
    async remove(infoHash, deadlineMs) {
      await contents.get(infoHash)?.stop(deadlineMs);
      limits.remove(infoHash);
      contents.delete(infoHash);
      paidTorrents.delete(infoHash);
    },
    setLimits: (all) => limits.setAll(all),
    setMaxWires: (most) => limits.setWires(most),
    setRates: (infoHash, rates) => limits.set(infoHash, rates),
    async stop(deadlineMs) {
      await Promise.all([...contents.values()].map((content) => content.stop(deadlineMs)));
      await new Promise<void>((resolve) => client.destroy(() => resolve()));
    },
  };
}

interface OpenEvents {
  /** A paid torrent is there, before its first wire. */
  readonly onPaid: (torrent: PaidTorrent) => void;
  readonly onUnreadable: (piece: number) => void;
}

/** webtorrent asks for the torrent of each handshake that comes in, and waits for the answer. */
function wakeByHandshake(client: WebTorrent, wake: (infoHash: InfoHash) => Promise<boolean> | null): void {
  const get = client.get;
  client.get = async (infoHash) => {
    await wake(infoHash);
    return get.call(client, infoHash);
  };
}

/** It does not hold the metainfo of the request while it rests. */
async function openLazily(
  context: EngineContext,
  { metainfo, known, ...request }: AddRequest,
  rest: NonNullable<AddRequest["rest"]>,
  events: OpenEvents,
  onRest: () => void,
): Promise<LazyContent> {
  const { infoHash, paid, onEvent } = request;
  const running = rest.bits ? null : await open(context, { ...request, metainfo, known: known ?? null }, events);
  const options = {
    ...{ context, infoHash, sizeBytes: rest.sizeBytes, rest, onRest, onEvent },
    open: (loaded: Pick<AddRequest, "metainfo" | "known">) => open(context, { ...request, ...loaded }, events),
    announceFields: () => paid?.payment.announceFields(infoHash, 0) ?? {},
  };
  return new LazyContent(options, running);
}

async function open(context: EngineContext, request: AddRequest, events: OpenEvents): Promise<RunningContent> {
  const { place, order = "rarest", files = null, known = null, admit, onEvent } = request;
  const parsed = await readMetainfo(request.metainfo, request.infoHash);
  const selection = select(parsed, files);
  const { infoHash, pieceLength } = parsed;
  const { limits } = context;
  const hasPlaces = request.paid !== null;
  const rules = { paces: limits.of(infoHash), maxWires: () => limits.maxWires(infoHash), hasPlaces };
  return openContent({
    context,
    parsed,
    selection,
    place,
    known,
    admit,
    rules,
    onEvent,
    hook: (torrent, onFatal) => {
      if (!request.paid) return null;
      const { payment, pricePerGiB, sharePercent = 0, cache = null } = request.paid;
      const lengthOf = pieceLengthOf(parsed);
      const paidTorrent = createPaidTorrent({
        context,
        torrent,
        terms: { infoHash, pieceLength, sizeBytes: parsed.sizeBytes, lengthOf, pricePerGiB, sharePercent },
        payment,
        wants: place.type === "download" ? selection.has : null,
        order,
        cache,
        maxWires: rules.maxWires,
        pieceCount: parsed.pieces.length,
        lengthOf,
        onPieceFailed: (piece) => onEvent({ type: "piece-failed", piece }),
        onUnreadable: events.onUnreadable,
        onFatal,
      });
      events.onPaid(paidTorrent);
      return {
        checked: (onDisk) => paidTorrent.checked(onDisk),
        readFrom: (piece) => paidTorrent.readFrom(piece),
        hasPlaceFor: (host) => paidTorrent.hasPlaceFor(host),
        describe: (wire) => paidTorrent.describe(wire),
        announceFields: (bytesLeft) => payment.announceFields(infoHash, bytesLeft),
        announceReplied: (text) => payment.announceReplied(infoHash, text),
      };
    },
  });
}

import { AccessError, InputError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { formatBytes } from "../../protocol/base/units.ts";
import type { ContentChange, PeerSettings } from "../../protocol/http/peer-settings.ts";
import type { Offer } from "../account/offer.ts";
import type { Peer } from "../peer.ts";
import type { PeerRun } from "../run-peer.ts";
import type { SponsoredPeer } from "../sponsors/sponsored-peer.ts";
import type { ContentStore } from "../store/content-store.ts";
import type { CheckedPieces, ContentRecord } from "../store/records.ts";
import type { Content, ContentEvent } from "../torrent/content/content.ts";
import { type ParsedContent, readMetainfo } from "../torrent/content/metainfo.ts";
import { select } from "../torrent/content/selection.ts";
import type { PieceOrder } from "../torrent/picker/piece-order.ts";
import type { ContentView } from "./content-view.ts";
import { moveFiles, removeFiles } from "./downloaded-files.ts";
import { HeldContent } from "./held-content.ts";
import { type AllRates, busyOf, ratesOf, viewOf } from "./held-views.ts";
import {
  changeSettings,
  contentRates,
  NO_CONTENT_SETTINGS,
  readContentSettings,
  readPeerSettings,
} from "./settings.ts";

export interface AddRequest {
  readonly offer: Pick<Offer, "torrent" | "metainfo">;
  readonly place: ContentRecord["place"];
  readonly path: string;
  readonly settings?: ContentChange;
}

/** All contents of a running peer. The store has the list; this is what runs of it. */
export interface Contents {
  list(): ContentView[];
  /** Those that move bytes now, or still want some: what a display must look at again. */
  busy(): InfoHash[];
  rates(): AllRates;
  get(infoHash: InfoHash): ContentView | null;
  /** The peer that trades it: of this home, or one for its sponsor. */
  peerOf(infoHash: InfoHash): Peer;
  /** What runs of it; null while it does not. */
  running(infoHash: InfoHash): Content | null;
  /**
   * By infohash, or its first digits.
   * @throws {AccessError} CONTENT_UNKNOWN; {InputError} ID_AMBIGUOUS
   */
  find(id: string): ContentView;
  /** Resolves when it is on the list; its files are looked at after that. @throws CONTENT_TWICE */
  add(request: AddRequest): Promise<ContentView>;
  pause(infoHash: InfoHash): Promise<void>;
  resume(infoHash: InfoHash): Promise<void>;
  /** @throws {InputError} DATA_NOT_OURS for a file that is only seeded */
  remove(infoHash: InfoHash, withData: boolean): Promise<void>;
  /**
   * Moves the files of a download into another directory.
   * @throws {InputError} DATA_NOT_OURS, DIRECTORY_UNUSABLE
   */
  move(infoHash: InfoHash, directory: string): Promise<void>;
  set(infoHash: InfoHash, change: ContentChange): Promise<void>;
  /** Hashes every piece; resolves when that is done. @throws {InputError} CONTENT_PAUSED */
  verify(infoHash: InfoHash): Promise<void>;
  /** Those that may run no more stop, and those that may again go on. */
  judgeAgain(): Promise<void>;
  /** Keeps what is known of all, for the next run; the peer may be stopped then. */
  close(): Promise<void>;
}

export interface ContentsOptions {
  readonly run: Pick<PeerRun, "peer" | "store" | "account">;
  /** Of downloads. */
  readonly order: PieceOrder;
  readonly nowSec: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly openSponsored: (infoHash: InfoHash, onFailed: (error: unknown) => void) => Promise<SponsoredPeer>;
  /** What is known of files that are to be seeded, before this peer has looked at them. */
  readonly findPublished: (request: Pick<AddRequest, "offer" | "path">) => Promise<CheckedPieces | null>;
  /** False: the month's bytes are used up. */
  readonly mayRun: () => boolean;
  readonly onFatal: (error: unknown) => void;
  readonly onEvent: (infoHash: InfoHash, event: ContentEvent) => void;
  readonly onChange: (infoHash: InfoHash) => void;
}

/** Contents that are looked at side by side when a peer starts. */
const STARTED_AT_ONCE = 4;

/** Takes up what the store has, and goes on with it. */
export function openContents(options: ContentsOptions): Contents {
  const { store } = options.run;
  const held = new Map<InfoHash, HeldContent>();
  const hold = (record: ContentRecord): HeldContent => {
    const { infoHash } = record;
    const content = new HeldContent(record, {
      ...options,
      openSponsored: (onFailed) => options.openSponsored(infoHash, onFailed),
      onEvent: (event) => options.onEvent(infoHash, event),
      onChange: () => options.onChange(infoHash),
    });
    held.set(infoHash, content);
    return content;
  };
  const waiting = store
    .listContents()
    .map(hold)
    .filter(({ record }) => !record.isPaused);
  forEach(waiting, (content) => content.start()).catch(options.onFatal);
  return createContents(options, held, hold);
}

/** A few at a time. */
async function forEach(contents: readonly HeldContent[], act: (content: HeldContent) => Promise<void>): Promise<void> {
  const waiting = [...contents];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, work));
}

async function closeAll(all: readonly HeldContent[]): Promise<void> {
  await Promise.all(all.map((content) => content.close()));
}

/** Those first that move bytes. */
async function judgeAll(all: readonly HeldContent[]): Promise<void> {
  const misplaced = all.filter(({ isMisplaced }) => isMisplaced);
  if (misplaced.length === 0) return;
  const busy = misplaced.filter(({ content }) => content !== null && content.progress().peers > 0);
  await Promise.all(busy.map((content) => content.judgeAgain()));
  await forEach(misplaced, (content) => content.judgeAgain());
}

function createContents(
  { run, nowSec, mayRun, findPublished, onChange, onFatal }: ContentsOptions,
  held: Map<InfoHash, HeldContent>,
  hold: (record: ContentRecord) => HeldContent,
): Contents {
  const { store } = run;
  const update = async (content: HeldContent, change: Partial<ContentRecord>): Promise<void> => {
    content.record = { ...content.record, ...change };
    await store.updateContent(content.record);
    onChange(content.record.infoHash);
  };
  return {
    list: () => [...held.values()].map((content) => viewOf(run, content)),
    busy: () => busyOf(held.values()),
    rates: () => ratesOf([...held.values()]),
    get: (infoHash) => (held.has(infoHash) ? viewOf(run, findHeld(held, infoHash)) : null),
    peerOf: (infoHash) => held.get(infoHash)?.peer ?? run.peer,
    running: (infoHash) => held.get(infoHash)?.content ?? null,
    find: (id) => viewOf(run, findHeld(held, id)),
    async add(request) {
      const [record, sizeBytes] = [recordOf(request, nowSec()), await sizeOf(request)];
      const { infoHash } = record;
      if (held.has(infoHash))
        throw new InputError("CONTENT_TWICE", `this peer has ${infoHash} already: see \`floodgate peer show\``);
      refuseAboveQuota(readPeerSettings(store), sizeBytes, held.values());
      const content = hold(record);
      try {
        await store.addContent(record, request.offer.metainfo);
        if (record.place === "seed") await store.saveChecked(infoHash, await findPublished(request));
      } catch (error) {
        held.delete(infoHash);
        throw error;
      }
      content.start().catch(onFatal);
      return viewOf(run, content);
    },
    async pause(infoHash) {
      const content = findHeld(held, infoHash);
      await update(content, { isPaused: true });
      await content.stop();
    },
    async resume(infoHash) {
      const content = findHeld(held, infoHash);
      await update(content, { isPaused: false });
      content.start().catch(onFatal);
    },
    async remove(infoHash, withData) {
      const content = findHeld(held, infoHash);
      if (withData) refuseForeignData(content);
      await content.stop();
      const files = withData ? await filesOf(store, content) : null;
      await store.removeContent(infoHash);
      held.delete(infoHash);
      if (files) await removeFiles(content.record.path, files);
      onChange(infoHash);
    },
    async move(infoHash, directory) {
      const content = findHeld(held, infoHash);
      refuseForeignData(content);
      const { isPaused } = content.record;
      await content.stop();
      try {
        await moveFiles(content.record.path, await filesOf(store, content), directory);
        await update(content, { path: directory });
      } finally {
        if (!isPaused) await content.start();
      }
    },
    async set(infoHash, change) {
      const content = findHeld(held, infoHash);
      await update(content, { settings: changeSettings(content.record.settings, change) });
      if (change.maxSpend !== undefined) run.peer.capsChanged();
      content.peer.setRates(infoHash, contentRates(readContentSettings(content.record.settings)));
      if (needsRestart(change)) await content.restart();
    },
    async verify(infoHash) {
      const content = findHeld(held, infoHash);
      refuseAtRest(content, mayRun());
      await content.stop("checking");
      await store.saveChecked(infoHash, null);
      await content.start();
    },
    judgeAgain: () => judgeAll([...held.values()]),
    close: () => closeAll([...held.values()]),
  };
}

/** It runs otherwise from the beginning. */
function needsRestart({ files, cache, isSponsored }: ContentChange): boolean {
  return files !== undefined || cache !== undefined || isSponsored !== undefined;
}

function recordOf({ offer, place, path, settings }: AddRequest, addedAt: number): ContentRecord {
  const { infoHash, title, pricePerGiB, sharePercent, sizeBytes, pieceLength } = offer.torrent;
  return {
    ...{ infoHash, title, sizeBytes, pieceLength, place, path, addedAt, isPaused: false },
    pricePerGiB: BigInt(pricePerGiB),
    sharePercent,
    settings: JSON.stringify({ ...NO_CONTENT_SETTINGS, ...settings }),
  };
}

/** Bytes that it would take. */
async function sizeOf({ offer, place, settings }: AddRequest): Promise<number> {
  if (place === "seed") return 0;
  const parsed = await readMetainfo(offer.metainfo, offer.torrent.infoHash);
  return select(parsed, settings?.files ?? null).sizeBytes;
}

/** @throws {InputError} DISK_QUOTA */
function refuseAboveQuota({ diskQuota }: PeerSettings, sizeBytes: number, held: Iterable<HeldContent>): void {
  if (diskQuota === null || sizeBytes === 0) return;
  let left = diskQuota;
  for (const { record, sizeWanted } of held) if (record.place === "download") left -= sizeWanted;
  if (sizeBytes <= left) return;
  throw new InputError(
    "DISK_QUOTA",
    `it needs ${formatBytes(sizeBytes)}, and the disk quota leaves ${formatBytes(Math.max(0, left))}: raise it with \`floodgate peer limit --disk\`, or remove something`,
  );
}

function findHeld(held: ReadonlyMap<InfoHash, HeldContent>, id: string): HeldContent {
  const exact = held.get(id);
  if (exact) return exact;
  const found = [...held.values()].filter(({ record }) => record.infoHash.startsWith(id));
  const [content] = found;
  if (!content) throw new AccessError("CONTENT_UNKNOWN", `this peer has no content ${id}: see \`floodgate peer ls\``);
  if (found.length > 1)
    throw new InputError("ID_AMBIGUOUS", `${found.length} contents start with ${id}: give more digits`);
  return content;
}

function filesOf(store: ContentStore, { record: { infoHash } }: HeldContent): Promise<ParsedContent> {
  return readMetainfo(store.findMetainfo(infoHash) ?? new Uint8Array(), infoHash);
}

/**
 * To look at a content is to run it, which may buy what is missing.
 * @throws {InputError} CONTENT_PAUSED
 */
function refuseAtRest({ record }: HeldContent, mayRun: boolean): void {
  if (record.isPaused)
    throw new InputError("CONTENT_PAUSED", "it rests: go on with it first, by `floodgate peer resume`");
  if (!mayRun)
    throw new InputError("CONTENT_PAUSED", "the month's bytes are used up: raise `floodgate peer limit --month`");
}

function refuseForeignData({ record }: HeldContent): void {
  if (record.place === "download") return;
  throw new InputError("DATA_NOT_OURS", `"${record.path}" was there before: it is only served, never moved or deleted`);
}

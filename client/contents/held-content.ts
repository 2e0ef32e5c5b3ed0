import { join } from "node:path";
import { FloodgateError, textOfError } from "../../protocol/base/errors.ts";
import type { Peer } from "../peer.ts";
import { seedIfComplete } from "../sponsors/seed-if-complete.ts";
import type { SponsoredPeer } from "../sponsors/sponsored-peer.ts";
import type { CheckedPieces, ContentRecord } from "../store/records.ts";
import type { Content, ContentEvent } from "../torrent/content/content.ts";
import {
  hasAllPieces,
  hasPiece,
  isSameBits,
  type KnownPieces,
  listPieces,
  sumPieces,
} from "../torrent/content/known-pieces.ts";
import { type PieceLayout, readMetainfo, readPieceLayout } from "../torrent/content/metainfo.ts";
import { type FilePlace, placesOf } from "../torrent/content/part-files.ts";
import { type Selection, select } from "../torrent/content/selection.ts";
import { readCacheBooks } from "./cache-terms.ts";
import type { ContentState } from "./content-view.ts";
import type { HeldContentOptions } from "./held-options.ts";
import { cacheTermsOf, contentRates, readContentSettings } from "./settings.ts";
import { isStillThere, stampFiles } from "./stamps.ts";

/** How long a content that is paused or removed may tell the tracker so. */
const LEAVE_MS = 3_000;
/** What came since is looked for again after a kill, so it need not be kept at once. */
const KEEP_MS = 2_000;

type Seed = Parameters<Peer["seed"]>[0];
type Download = Parameters<Peer["download"]>[0];

/**
 * One content of a peer, running or not. What it has on disk is kept, so that the next start need
 * not hash it.
 */
export class HeldContent {
  record: ContentRecord;
  state: ContentState = "paused";
  problem: FloodgateError | null = null;
  /** Why the tracker did not take the last announce. */
  trackerProblem: FloodgateError | null = null;
  content: Content | null = null;
  readonly #options: HeldContentOptions;
  /** Buys for a sponsor; null: the peer of this home does all. */
  #sponsored: SponsoredPeer | null = null;
  #files: readonly FilePlace[] = [];
  #layout: PieceLayout | null = null;
  /** Null: all of it is wanted. */
  #selection: Selection | null = null;
  #cancelKeep: (() => void) | null = null;
  #isClosed = false;
  /** Of what is on disk while it does not run; null: not counted yet. */
  #bytesKept: number | null = null;
  /** Starts and stops come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(record: ContentRecord, options: HeldContentOptions) {
    this.record = record;
    this.#options = options;
  }

  /** The one that trades it. */
  get peer(): Peer {
    return (this.#sponsored ?? this.#options.run).peer;
  }

  /** Of what is wanted, as far as that is known. */
  get sizeWanted(): number {
    return this.#selection?.sizeBytes ?? this.record.sizeBytes;
  }

  /** Bytes on disk when it does not run: what was known last. */
  get bytesKept(): number {
    const { findChecked } = this.#options.run.store;
    this.#bytesKept ??= sumPieces(findChecked(this.record.infoHash), this.#pieces, this.#selection);
    return this.#bytesKept;
  }

  get #pieces(): PieceLayout {
    const { store } = this.#options.run;
    this.#layout ??= readPieceLayout(store.findMetainfo(this.record.infoHash) ?? new Uint8Array());
    return this.#layout;
  }

  /** Resolves when its files were looked at, or why it could not start is known. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.content) return;
      this.#change(this.#options.mayRun() ? "checking" : "limited");
      if (this.state === "limited") return;
      try {
        await this.#run();
      } catch (error) {
        await this.#closeSponsored();
        this.#fail(error);
      }
    });
  }

  /** Whether it may run has changed. */
  get isMisplaced(): boolean {
    return this.#options.mayRun() ? this.state === "limited" : this.content !== null;
  }

  async judgeAgain(): Promise<void> {
    if (this.isMisplaced) await (this.content ? this.stop("limited") : this.start());
  }

  /** Goes on with what is wanted now, if it runs. */
  async restart(): Promise<void> {
    if (!this.content) return;
    await this.stop("checking");
    await this.start();
  }

  /** Leaves the swarm, and pays what is owed. */
  stop(state: ContentState = "paused"): Promise<void> {
    return this.#inTurn(async () => {
      await this.#leave();
      this.problem = null;
      this.#change(state);
    });
  }

  /** Keeps what is on disk, and writes nothing more. */
  async close(): Promise<void> {
    await this.#keep();
    this.#isClosed = true;
    this.#cancelKeep?.();
    await this.#closeSponsored();
  }

  /** What is on disk now, for the next start. */
  async #keep(): Promise<void> {
    this.#cancelKeep?.();
    this.#cancelKeep = null;
    if (this.#isClosed) return;
    const bits = this.content?.bits();
    if (!bits || bits.length === 0) return;
    const stamps = await stampFiles(this.#files);
    if (this.#isClosed) return;
    await this.#options.run.store.saveChecked(this.record.infoHash, { bits, stamps });
  }

  async #run(): Promise<void> {
    const { store, account } = this.#options.run;
    const { infoHash, pricePerGiB, sharePercent, place, path, settings } = this.record;
    const metainfo = store.findMetainfo(infoHash) ?? new Uint8Array();
    const parsed = await readMetainfo(metainfo, infoHash);
    this.#files = placesOf(parsed, { place, path });
    const wanted = readContentSettings(settings);
    const files = place === "seed" ? null : wanted.files;
    const terms = cacheTermsOf(wanted);
    const cache = terms && readCacheBooks(this.#options.run, this.record, terms, account.network.info.feeBps);
    this.#selection = files === null ? null : select(parsed, files);
    const found = await this.#known(store.findChecked(infoHash));
    const isComplete = found !== null && this.#hasAll(found.bits);
    const mayBuy = place === "download" && !isComplete && !wanted.isSponsored;
    // A piece that was asked for and came before a kill is counted when it runs.
    const isCounted = store.listPieces(infoHash).every(({ state }) => state !== "asked");
    const mayRest = files === null && cache === null && (isComplete || !wanted.isSponsored);
    const rest = mayRest ? this.#restOf(isComplete && isCounted ? found.bits : null) : null;
    if (pricePerGiB > 0n && mayBuy) await account.require("spend");
    const onEvent = (event: ContentEvent): void => this.#took(event);
    const rates = contentRates(wanted);
    const request = { metainfo, infoHash, pricePerGiB, sharePercent, known: found, rates, rest, onEvent };
    const seed = { ...request, path: place === "seed" ? path : join(path, parsed.name) };
    const download = { ...request, directory: path, order: this.#options.order, files, cache };
    const content = await this.#trade(seed, download, wanted.isSponsored);
    this.content = content;
    this.problem = null;
    if (found === null || !isSameBits(found.bits, content.bits())) await this.#keep();
    const { bytesDone, sizeBytes } = content.progress();
    this.#change(bytesDone === sizeBytes ? "seeding" : cache ? "caching" : "downloading");
    content.complete.then(
      () => this.#completed(content).catch(this.#options.onFatal),
      // It was stopped, or `failed` has told why.
      () => undefined,
    );
  }

  /** What a sponsor has paid is only served then, so that its owner never pays for a lost piece. */
  async #trade(seed: Seed, download: Download, isSponsored: boolean): Promise<Content> {
    const { peer, store } = this.#options.run;
    if (this.record.place === "seed") return peer.seed(seed);
    if (!isSponsored) return peer.download(download);
    const { known = null } = seed;
    if (known !== null && this.#hasAll(known.bits)) return peer.seed(seed);
    const served = known === null ? await seedIfComplete(peer, seed) : null;
    if (served !== null) return served;
    const checked = store.findChecked(this.record.infoHash);
    this.#sponsored = await this.#options.openSponsored((error) => this.#sponsorLeft(error));
    return this.peer.download({ ...download, known: await this.#known(checked) });
  }

  /** `bits`: it is known to be complete, so it begins at rest. */
  #restOf(bits: Uint8Array | null) {
    const { infoHash, sizeBytes } = this.record;
    const { store } = this.#options.run;
    return {
      bits,
      sizeBytes,
      load: async () => {
        const known = await this.#known(store.findChecked(infoHash));
        const metainfo = store.findMetainfo(infoHash);
        return known && metainfo && this.#hasAll(known.bits) ? { metainfo, known } : null;
      },
      onChanged: () => void this.restart().catch(this.#options.onFatal),
    };
  }

  async #known(checked: CheckedPieces | null): Promise<KnownPieces | null> {
    if (checked === null) return null;
    const { store } = this.#options.run;
    const { infoHash, place } = this.record;
    const { pieceCount } = this.#pieces;
    const pieces = listPieces(checked.bits, pieceCount);
    if (pieces === null) return null;
    const isComplete = place === "seed" || this.#hasAll(checked.bits);
    if (!isStillThere(checked.stamps, await stampFiles(this.#files), isComplete)) return null;
    // Those that were asked for may have come before a kill, and be owed.
    const asked = (this.#sponsored?.store ?? store).listPieces(infoHash).map(({ piece }) => piece);
    return { bits: checked.bits, suspects: asked.filter((piece) => !hasPiece(checked.bits, piece)) };
  }

  /** All that is wanted. */
  #hasAll(bits: Uint8Array): boolean {
    return hasAllPieces(bits, this.#pieces.pieceCount, this.#selection);
  }

  async #completed(content: Content): Promise<void> {
    if (this.content !== content) return;
    await this.#keep();
    await this.peer.finish(this.record.infoHash);
    if (this.content !== content) return;
    if (this.#sponsored) await this.restart();
    else this.#change("seeding");
  }

  #took(event: ContentEvent): void {
    const { setTimer, onFatal, onEvent } = this.#options;
    onEvent(event);
    if (event.type === "tracker-problem") this.trackerProblem = event.error;
    if (event.type === "tracker-answered") this.trackerProblem = null;
    if (event.type === "progress" || event.type === "piece-lost")
      this.#cancelKeep ??= setTimer(() => void this.#keep().catch(onFatal), KEEP_MS);
    if (event.type !== "failed") return;
    this.#inTurn(async () => {
      await this.#leave();
      this.#fail(event.error);
    }).catch(onFatal);
  }

  async #leave(): Promise<void> {
    if (!this.content) return;
    await this.#keep();
    await this.peer.remove(this.record.infoHash, LEAVE_MS);
    this.content = null;
    await this.#closeSponsored();
  }

  /** Its peer has ended, and there is nothing to pay or to leave. */
  #sponsorLeft(error: unknown): void {
    this.#inTurn(async () => {
      await this.#keep();
      this.#sponsored = null;
      this.content = null;
      this.#fail(error);
    }).catch(this.#options.onFatal);
  }

  async #closeSponsored(): Promise<void> {
    const sponsored = this.#sponsored;
    this.#sponsored = null;
    await sponsored?.stop();
  }

  #fail(error: unknown): void {
    const what = textOfError(error);
    this.problem =
      error instanceof FloodgateError ? error : new FloodgateError("CONTENT_FAILED", what, { cause: error });
    this.#change("failed");
  }

  #change(state: ContentState): void {
    this.state = state;
    this.#bytesKept = null;
    if (state === "paused" || state === "failed") this.trackerProblem = null;
    this.#options.onChange();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

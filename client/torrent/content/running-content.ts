import type { Torrent, Wire } from "webtorrent";
import { FloodgateError, InputError } from "../../../protocol/base/errors.ts";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { Announcer } from "../announce/announcer.ts";
import type { Dialer } from "../wire/dialer.ts";
import { limitWires, type WireRules } from "../wire/limit-wires.ts";
import { ArrivingFiles } from "./arriving-files.ts";
import {
  type Admit,
  type Content,
  type ContentEvent,
  type ContentProgress,
  type EngineContext,
  type Place,
  pieceLengthOf,
  type WireTraffic,
} from "./content.ts";
import { createContentAnnouncer } from "./content-announcer.ts";
import type { ContentHooks } from "./content-hooks.ts";
import { checkOnDisk, contentError, filesLost, pieceLost } from "./content-problems.ts";
import { finishFiles, prepareTarget } from "./download-target.ts";
import type { StoredContent } from "./file-store.ts";
import { checkKnown, type KnownPieces } from "./known-pieces.ts";
import type { ParsedContent } from "./metainfo.ts";
import { leaveOut, type Selection } from "./selection.ts";
import { sendAtOnce } from "./send-at-once.ts";
import { trafficOf } from "./wire-traffic.ts";

export interface ContentOptions {
  readonly context: EngineContext;
  readonly parsed: ParsedContent;
  readonly layout: StoredContent;
  /** Of a download: what is wanted. */
  readonly selection: Selection;
  readonly place: Place;
  /** What is known of the files; null: all of them are hashed. */
  readonly known: KnownPieces | null;
  /** Called once, before webtorrent does anything with the torrent. */
  readonly hook: (torrent: Torrent, fail: (error: unknown) => void) => ContentHooks | null;
  readonly admit?: Admit | undefined;
  readonly rules: WireRules;
  readonly onEvent: (event: ContentEvent) => void;
}

/** A torrent that was added to webtorrent. */
export class RunningContent implements Content {
  readonly infoHash: InfoHash;
  readonly complete: Promise<void>;
  /** Resolves when the pieces on disk are known and the torrent is announced. */
  readonly checked: Promise<void>;
  readonly #torrent: Torrent;
  readonly #parsed: ParsedContent;
  readonly #options: ContentOptions;
  /** Some of the target files were there before the download. */
  readonly #hasFiles: boolean;
  readonly #lengthOf: (piece: number) => number;
  readonly #hooks: ContentHooks | null;
  readonly #announcer: Announcer;
  readonly #dialer: Dialer;
  readonly #onChecked = Promise.withResolvers<void>();
  readonly #onComplete = Promise.withResolvers<void>();
  readonly #onDisk = new Set<number>();
  readonly #arriving: ArrivingFiles | null;
  #lostPieces = 0;
  #isChecked = false;
  #hasFailed = false;
  /** Of all pieces on disk, and of those that are wanted. */
  #bytesDone = 0;
  #wantedDone = 0;
  #bytesDown = 0;
  #bytesUp = 0;
  #readerAt: readonly [first: number, last: number] | null = null;

  constructor(torrent: Torrent, hasFiles: boolean, options: ContentOptions) {
    this.#torrent = torrent;
    this.#hasFiles = hasFiles;
    this.#options = options;
    this.#parsed = options.parsed;
    this.#lengthOf = pieceLengthOf(options.parsed);
    this.infoHash = options.parsed.infoHash;
    this.checked = this.#onChecked.promise;
    this.complete = this.#onComplete.promise;
    this.complete.catch(() => undefined);
    this.#arriving =
      options.place.type === "seed" ? null : new ArrivingFiles(options.layout, (error) => this.fail(error));
    this.#hooks = options.hook(torrent, (error) => this.fail(error));
    this.#dialer = limitWires(torrent, options.rules, this.#hooks, options.context);
    this.#announcer = this.#createAnnouncer();
    this.#listen();
  }

  progress(): ContentProgress {
    const torrent = this.#torrent.destroyed ? null : this.#torrent;
    return {
      bytesDone: this.#wantedDone,
      sizeBytes: this.#options.selection.sizeBytes,
      rateDown: torrent?.downloadSpeed ?? 0,
      rateUp: torrent?.uploadSpeed ?? 0,
      peers: torrent?.numPeers ?? 0,
    };
  }

  isOnDisk(piece: number): boolean {
    return this.#parsed.pieces[piece] !== undefined && !this.#torrent.destroyed && this.#torrent.bitfield.get(piece);
  }

  bits(): Uint8Array {
    return this.#torrent.destroyed ? new Uint8Array() : this.#torrent.bitfield.buffer.slice();
  }

  wires(): readonly WireTraffic[] {
    return trafficOf(this.#torrent, (wire) => this.#hooks?.describe(wire) ?? null);
  }

  readFrom(piece: number | null): void {
    if (this.#hooks) {
      this.#hooks.readFrom(piece);
      return;
    }
    if (this.#torrent.destroyed || this.#options.place.type === "seed") return;
    const { selection } = this.#options;
    if (piece !== null && !selection.has(piece)) return;
    // A plain selection would be merged into the one of all pieces, and change no order.
    if (this.#readerAt !== null) this.#torrent._deselect(...this.#readerAt, true);
    this.#readerAt = null;
    if (piece === null) return;
    let last = piece;
    while (selection.has(last + 1)) last++;
    this.#torrent._select(piece, last, 1, null, true);
    this.#readerAt = [piece, last];
  }

  again(redials: boolean): void {
    if (redials) this.#dialer.forgive();
    this.#announcer.again();
  }

  /** Complete, and nobody is connected. */
  get isIdle(): boolean {
    const { isWhole, sizeBytes } = this.#options.selection;
    return isWhole && this.#wantedDone === sizeBytes && !this.#torrent.destroyed && this.#torrent._peers.size === 0;
  }

  /** Gives the torrent up, and stays in its swarm: somebody else announces it. */
  rest(): Promise<void> {
    this.#announcer.halt();
    return this.#leave();
  }

  /**
   * Hashes our copy on disk. A wrong copy no longer counts as done, and is reported to `onWrong`.
   * @returns false when the copy is wrong, or there is none
   */
  async recheck(piece: number, onWrong: () => void): Promise<boolean> {
    const torrent = this.#torrent;
    if (!this.isOnDisk(piece)) return false;
    torrent.store?.store.cache?.remove(piece);
    const isValid = await new Promise<boolean>((resolve) => {
      torrent._verifyPiece(piece, (error, valid) => resolve(error === null && valid === true));
    });
    if (!isValid && this.isOnDisk(piece)) {
      this.#count(piece, -1);
      onWrong();
      this.#lost(piece);
    }
    return isValid;
  }

  /** A published file that was cut or replaced is of no use to anybody. */
  #lost(piece: number): void {
    const { place, onEvent } = this.#options;
    onEvent({ type: "piece-lost", piece, error: pieceLost(place, this.#parsed, piece) });
    const end = filesLost(place, ++this.#lostPieces);
    if (end) this.fail(end);
  }

  /** Ends the content; only the first reason counts. */
  fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const reason = error instanceof FloodgateError ? error : contentError(error);
    this.#onChecked.reject(reason);
    this.#onComplete.reject(reason);
    if (this.#isChecked) this.#options.onEvent({ type: "failed", error: reason });
    if (!this.#torrent.destroyed) this.#torrent.destroy(null, () => undefined);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#onComplete.reject(new InputError("CONTENT_STOPPED", "the download was stopped before it was complete"));
    await Promise.all([this.#announcer.stop(deadlineMs), this.#leave()]);
  }

  async #leave(): Promise<void> {
    if (!this.#torrent.destroyed) await new Promise<void>((resolve) => this.#torrent.destroy(null, () => resolve()));
  }

  #createAnnouncer(): Announcer {
    const { context, onEvent } = this.#options;
    const wanted = (): number => this.#options.selection.sizeBytes - this.#wantedDone;
    return createContentAnnouncer(context, {
      infoHash: this.infoHash,
      amounts: () => ({
        uploaded: this.#bytesUp,
        downloaded: this.#bytesDown,
        // A peer that has all it wants is no seeder, and buys nothing.
        left: wanted() > 0 ? wanted() : this.#parsed.sizeBytes - this.#bytesDone,
      }),
      // A peer that leaves wants no allotments, but its announce still needs the token.
      extra: (event) => this.#hooks?.announceFields(event === "stopped" ? 0 : wanted()) ?? {},
      onPeers: (peers) => this.#dialer.named(peers),
      onGrant: (text) => this.#hooks?.announceReplied(text),
      onEvent,
    });
  }

  #listen(): void {
    const torrent = this.#torrent;
    torrent.on("error", (error: unknown) => this.fail(error));
    torrent.on("verified", (piece: number) => this.#verified(piece));
    torrent.on("wire", (wire: Wire) => {
      sendAtOnce(torrent, wire);
      wire.on("upload", (bytes: number) => {
        this.#bytesUp += bytes;
      });
      wire.once("close", () => {
        if (torrent.wires.length <= 1) this.#forgetPieces();
      });
    });
    torrent.on("done", () => {
      if (this.#bytesDown > 0) this.#announcer.complete();
      if (this.#options.selection.isWhole) this.#finish();
    });
    if (this.#options.known) checkKnown(torrent, this.#options.known, this.#options.context.random);
    const onStore = torrent._onStore;
    torrent._onStore = () => {
      this.#admit()
        .then(() => torrent.destroyed || onStore.call(torrent))
        .catch((error: unknown) => this.fail(error));
    };
    const startDiscovery = torrent._startDiscovery;
    // The last step of the start-up check, and the first that could lead to a wire.
    torrent._startDiscovery = () => {
      this.#hooks?.checked(this.#onDisk);
      this.#isChecked = true;
      leaveOut(torrent, this.#options.selection, { isFree: this.#hooks === null });
      startDiscovery.call(torrent);
    };
    torrent.once("ready", () => {
      this.#forgetPieces();
      torrent.resume();
      this.#announcer.start();
      this.#onChecked.resolve();
      this.#finishSelection();
    });
  }

  /** webtorrent is done when all pieces are there. */
  #finishSelection(): void {
    if (!this.#options.selection.isWhole && this.#wantedDone === this.#options.selection.sizeBytes) this.#finish();
  }

  async #admit(): Promise<void> {
    const { place, known, admit } = this.#options;
    checkOnDisk(place, this.#parsed, { found: this.#onDisk.size, isForeign: this.#hasFiles && !known });
    const missing = this.#options.selection.sizeBytes - this.#wantedDone;
    await admit?.(missing);
    if (place.type === "download" && missing > 0) await prepareTarget(place.directory);
  }

  /** webtorrent keeps twenty pieces in memory, also of a content that nobody asks for. */
  #forgetPieces(): void {
    this.#torrent.store?.store.cache?.clear();
  }

  /** All was written; somebody may have removed it since. */
  #finish(): void {
    const { place, selection } = this.#options;
    const look = () => (place.type === "download" ? finishFiles(place.directory, selection) : undefined);
    const named = Promise.resolve(this.#arriving?.settled());
    named.then(look).then(this.#onComplete.resolve, (error: unknown) => this.fail(error));
  }

  #verified(piece: number): void {
    this.#count(piece, 1);
    if (!this.#isChecked) {
      this.#onDisk.add(piece);
      return;
    }
    this.#bytesDown += this.#lengthOf(piece);
    this.#options.onEvent({ type: "progress", bytesDone: this.#wantedDone, piece });
    this.#finishSelection();
  }

  #count(piece: number, sign: 1 | -1): void {
    const bytes = sign * this.#lengthOf(piece);
    this.#bytesDone += bytes;
    this.#arriving?.count(piece, sign);
    if (this.#options.selection.has(piece)) this.#wantedDone += bytes;
  }
}

import { InputError, toError } from "../../../protocol/base/errors.ts";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { Announcer } from "../announce/announcer.ts";
import type { Content, ContentEvent, ContentProgress, EngineContext, WireTraffic } from "./content.ts";
import { createContentAnnouncer } from "./content-announcer.ts";
import type { KnownPieces } from "./known-pieces.ts";
import type { RunningContent } from "./running-content.ts";

/** A complete content that rests while nobody asks for it. */
export interface RestOptions {
  /** One bit a piece: all of them are on disk, so it begins at rest. Null: it runs first. */
  readonly bits: Uint8Array | null;
  /** What it needs to run again. Null: its files have changed, and `onChanged` is next. */
  readonly load: () => Promise<{ readonly metainfo: Uint8Array; readonly known: KnownPieces } | null>;
  /** Its files are not what they were: look at all of them. */
  readonly onChanged: () => void;
}

export interface LazyOptions {
  readonly context: EngineContext;
  readonly infoHash: InfoHash;
  /** All of it, without padding. */
  readonly sizeBytes: number;
  readonly rest: RestOptions;
  /** Opens it with what `rest.load` gave. */
  readonly open: (loaded: { readonly metainfo: Uint8Array; readonly known: KnownPieces }) => Promise<RunningContent>;
  /** It holds no torrent any more. */
  readonly onRest: () => void;
  /** Query fields of its announces while it rests. */
  readonly announceFields: () => Record<string, string>;
  readonly onEvent: (event: ContentEvent) => void;
}

/** A content without a wire rests at the second look. */
const LOOK_MS = 60_000;

/**
 * A content that holds no torrent while it is complete and has no wire: only its bits, and what
 * announces it. A handshake, or a leecher that the tracker names, wakes it. Its pieces are looked
 * at then as at any start.
 */
export class LazyContent implements Content {
  readonly infoHash: InfoHash;
  readonly complete: Promise<void>;
  readonly #options: LazyOptions;
  readonly #onComplete = Promise.withResolvers<void>();
  #running: RunningContent | null;
  #waking: Promise<boolean> | null = null;
  /** The torrent that it gives up is still there. */
  #leaving: Promise<void> = Promise.resolve();
  #announcer: Announcer | null = null;
  #bits: Uint8Array;
  #isIdle = false;
  #isStopped = false;
  #cancelLook: (() => void) | null = null;

  /** `running`: null when it begins at rest. */
  constructor(options: LazyOptions, running: RunningContent | null) {
    this.infoHash = options.infoHash;
    this.#options = options;
    this.#running = running;
    this.#bits = options.rest.bits ?? new Uint8Array();
    this.complete = this.#onComplete.promise;
    this.complete.catch(() => undefined);
    if (running) this.#watch(running);
    else {
      this.#onComplete.resolve();
      this.#announce();
    }
  }

  get isAtRest(): boolean {
    return this.#running === null;
  }

  /** Resolves to whether it runs now. */
  wake(): Promise<boolean> {
    if (this.#running || this.#isStopped) return Promise.resolve(this.#running !== null);
    this.#waking ??= this.#wake().finally(() => {
      this.#waking = null;
    });
    return this.#waking;
  }

  progress(): ContentProgress {
    const { sizeBytes } = this.#options;
    return this.#running?.progress() ?? { bytesDone: sizeBytes, sizeBytes, rateDown: 0, rateUp: 0, peers: 0 };
  }

  isOnDisk(piece: number): boolean {
    if (this.#running) return this.#running.isOnDisk(piece);
    return piece >= 0 && ((this.#bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  bits(): Uint8Array {
    return this.#running?.bits() ?? this.#bits;
  }

  wires(): readonly WireTraffic[] {
    return this.#running?.wires() ?? [];
  }

  readFrom(piece: number | null): void {
    this.#running?.readFrom(piece);
  }

  again(redials: boolean): void {
    if (this.#running) this.#running.again(redials);
    else this.#announcer?.again();
  }

  async recheck(piece: number, onWrong: () => void): Promise<boolean> {
    return this.#running?.recheck(piece, onWrong) ?? false;
  }

  fail(error: unknown): void {
    this.#running?.fail(error);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#isStopped = true;
    this.#cancelLook?.();
    this.#onComplete.reject(new InputError("CONTENT_STOPPED", "the content was stopped"));
    await this.#waking;
    await this.#leaving;
    await (this.#running ?? this.#announcer)?.stop(deadlineMs);
  }

  #announce(): void {
    const { context, infoHash, announceFields, onEvent } = this.#options;
    this.#announcer = createContentAnnouncer(context, {
      infoHash,
      amounts: () => ({ uploaded: 0, downloaded: 0, left: 0 }),
      extra: announceFields,
      // A seeder hears of leechers only. One that cannot be reached from outside must be dialed.
      onPeers: (peers) => void (peers.length > 0 && this.wake()),
      onGrant: () => undefined,
      onEvent,
    });
    this.#announcer.start();
  }

  async #wake(): Promise<boolean> {
    const { rest, open, onEvent } = this.#options;
    try {
      await this.#leaving;
      const loaded = await rest.load();
      if (this.#isStopped) return false;
      if (loaded === null) {
        rest.onChanged();
        return false;
      }
      this.#announcer?.halt();
      const running = await open(loaded);
      this.#announcer = null;
      this.#running = running;
      this.#bits = new Uint8Array();
      this.#watch(running);
      const { bytesDone, sizeBytes } = running.progress();
      if (bytesDone < sizeBytes) rest.onChanged();
      return true;
    } catch (error) {
      onEvent({ type: "failed", error: toError(error) });
      return false;
    }
  }

  #watch(running: RunningContent): void {
    running.complete.then(this.#onComplete.resolve, this.#onComplete.reject);
    this.#isIdle = false;
    this.#look();
  }

  #look(): void {
    this.#cancelLook = this.#options.context.setTimer(() => {
      const running = this.#running;
      if (this.#isStopped || !running) return;
      if (this.#isIdle && running.isIdle) void this.#rest(running);
      else this.#look();
      this.#isIdle = running.isIdle;
    }, LOOK_MS);
  }

  async #rest(running: RunningContent): Promise<void> {
    this.#bits = running.bits();
    this.#running = null;
    this.#options.onRest();
    this.#leaving = running.rest();
    await this.#leaving;
    if (!this.#isStopped && !this.#waking) this.#announce();
  }
}

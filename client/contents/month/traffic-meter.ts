import type { PeerStore } from "../../store/peer-store.ts";
import { readPeerSettings } from "../settings.ts";
import { readAnew } from "../spending.ts";
import { addTraffic, isUsedUp, isWithin, type MonthSpan, type MonthTraffic, monthAt } from "./month-traffic.ts";

export interface MonthView {
  readonly bytesDown: number;
  readonly bytesUp: number;
  /** Seconds since 1970: the next month begins. */
  readonly endsAt: number;
  readonly isUsedUp: boolean;
}

/** So much is counted without being kept. */
const UNSAVED_BYTES = 4 * 1024 * 1024;

type Store = Pick<PeerStore, "readTraffic" | "saveTraffic" | "readSetting" | "onSettings">;

/**
 * Counts what the peer of a home moves in each month. A kill forgets what came since `save`, and
 * nothing of what was saved. Every month has a record of its own, so a clock that was wrong for a
 * while spoils none.
 */
export class TrafficMeter {
  readonly #store: Store;
  readonly #nowSec: () => number;
  readonly #limit: () => number | null;
  #span: MonthSpan;
  #traffic: MonthTraffic;
  #unsavedBytes = 0;
  /** The month's limit has just been reached. */
  onUsedUp: () => void = () => undefined;
  /** Time to save. */
  onUnsaved: () => void = () => undefined;

  constructor(store: Store, nowSec: () => number) {
    this.#store = store;
    this.#nowSec = nowSec;
    this.#limit = readAnew(store, () => readPeerSettings(store).monthlyLimit);
    this.#span = monthAt(nowSec());
    this.#traffic = store.readTraffic(this.#span.month);
  }

  count(bytes: { readonly down: number; readonly up: number }): void {
    const wasUsedUp = this.isUsedUp;
    this.#traffic = addTraffic(this.#traffic, bytes);
    this.#unsavedBytes += bytes.down + bytes.up;
    if (!wasUsedUp && this.isUsedUp) this.onUsedUp();
    else if (this.#unsavedBytes >= UNSAVED_BYTES) this.onUnsaved();
  }

  get isUsedUp(): boolean {
    this.#turn();
    return isUsedUp(this.#traffic, this.#limit());
  }

  view(): MonthView {
    const { isUsedUp } = this;
    return { bytesDown: this.#traffic.down, bytesUp: this.#traffic.up, endsAt: this.#span.endsAt, isUsedUp };
  }

  /** Resolves when a kill cannot take it. */
  async save(): Promise<void> {
    if (this.#unsavedBytes === 0) return;
    this.#unsavedBytes = 0;
    await this.#store.saveTraffic(this.#traffic);
  }

  /** Another month may have begun. */
  #turn(): void {
    const nowSec = this.#nowSec();
    if (isWithin(this.#span, nowSec)) return;
    // The store's writes are in order, so a failure shows at the next one that is waited for.
    this.save().catch(() => undefined);
    this.#span = monthAt(nowSec);
    this.#traffic = this.#store.readTraffic(this.#span.month);
    this.#unsavedBytes = 0;
  }
}

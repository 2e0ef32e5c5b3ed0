import { computed, signal } from "@preact/signals";
import type { ContentJson, PeerJson } from "../../../protocol/http/peer.ts";
import type { BansJson, DetailEvent, RatesEvent } from "../../../protocol/http/peer-detail.ts";

/** What the page knows of its peer. */

export type Link =
  /** The first answer is on its way. */
  | "opening"
  | "live"
  /** It was there, and does not answer now. */
  | "lost"
  /** This browser has no session. */
  | "logged-out";

/** The one thing that the page has to say now. */
export interface Notice {
  readonly kind: "bad" | "good";
  readonly text: string;
}

/** A file that is played. */
export interface Playing {
  readonly infoHash: string;
  readonly index: number;
  /** From the slash. */
  readonly path: string;
  readonly name: string;
  readonly isVideo: boolean;
}

export const link = signal<Link>("opening");
export const peer = signal<PeerJson | null>(null);
/** By infohash. */
export const contents = signal<ReadonlyMap<string, ContentJson>>(new Map());
/** Of the last half hour. */
export const rates = signal<RatesEvent>({ stepSec: 1, down: [], up: [] });
export const bans = signal<BansJson["bans"]>([]);
/** The content whose page is open; null: the list. */
export const opened = signal<string | null>(null);
export const detail = signal<DetailEvent | null>(null);
export const playing = signal<Playing | null>(null);
export const notice = signal<Notice | null>(null);
/** What is under way, in words; null: nothing. One thing at a time. */
export const busy = signal<string | null>(null);
export const isBusy = computed(() => busy.value !== null);

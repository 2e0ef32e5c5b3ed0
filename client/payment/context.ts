import type { Amount } from "../../protocol/base/units.ts";
import type { DomainSeparator } from "../../protocol/signed/typed-data.ts";
import type { PeerClock } from "../clock.ts";
import type { TorrentPort } from "../exchange.ts";
import type { Network, PeerIdentity } from "../identity.ts";
import type { PeerStore } from "../store/peer-store.ts";
import type { SpendCaps, SpentBefore } from "./payer/spend-caps.ts";

/** Caps on what a home promises, and what it had promised before this run. */
export interface Spending {
  /** As they are now. */
  readonly caps: () => SpendCaps;
  readonly before: SpentBefore;
  /** UTC, "2026-01-31". */
  readonly today: () => string;
}

/** What both sides of the payment engine work with. */
export interface PaymentContext {
  readonly identity: PeerIdentity;
  readonly network: Network;
  readonly separator: DomainSeparator;
  readonly store: PeerStore;
  readonly clock: PeerClock;
  /** The torrent side. */
  readonly torrent: TorrentPort;
  /** Whether a payee at this host may be connected to (DialRule). */
  readonly mayDial: (host: string) => boolean;
  /** Most that this run may promise, base units; null: no limit. */
  readonly maxSpend: Amount | null;
  /** Caps that hold over runs; null: none. */
  readonly spending: Spending | null;
  /** Offers below this price per GiB are refused, whatever the content costs; as it is now. */
  readonly minPrice: () => Amount;
  /** Payers that are served at a time; at least 1. */
  readonly uploadSlots: number;
  /** Most bytes that all payers together may owe. */
  readonly maxUnpaidBytes: number;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** One line for people. */
  readonly log: (line: string) => void;
  /** The store failed or an invariant broke: no more money is handled. */
  readonly onFatal: (error: unknown) => void;
}

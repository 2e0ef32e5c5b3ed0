import type { Amount } from "../../protocol/base/units.ts";
import type { DomainSeparator } from "../../protocol/signed/typed-data.ts";
import type { PeerClock } from "../clock.ts";
import type { TorrentPort } from "../exchange.ts";
import type { Network, PeerIdentity } from "../identity.ts";
import type { PeerStore } from "../store/peer-store.ts";

/** What both sides of the payment engine work with. */
export interface PaymentContext {
  readonly identity: PeerIdentity;
  readonly network: Network;
  readonly separator: DomainSeparator;
  readonly store: PeerStore;
  readonly clock: PeerClock;
  /** The torrent side. */
  readonly torrent: TorrentPort;
  /** Most that this run may promise, base units; null: no limit. */
  readonly maxSpend: Amount | null;
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

/**
 * What the demo's live page shows, as its server sends it: one JSON object at each change. Amounts
 * are base units in decimal; times are seconds since 1970, by the chain's clock.
 */
export interface Picture {
  readonly token: { readonly symbol: string; readonly decimals: number };
  /** The story that is told, and how far it is. */
  readonly scene: {
    readonly title: string;
    readonly steps: readonly string[];
    /** Counts from 0; as many as there are steps: it is over. */
    readonly at: number;
  };
  readonly content: {
    readonly title: string;
    readonly bytesTotal: number;
    readonly pricePerGiB: string;
  } | null;
  readonly peers: readonly PeerPicture[];
  readonly flows: readonly FlowPicture[];
  readonly authority: { readonly url: string | null; readonly isReachable: boolean };
  readonly chain: {
    readonly height: number;
    /** Blocks with transactions, newest first. */
    readonly blocks: readonly BlockPicture[];
  };
  /** Newest first. */
  readonly batches: readonly BatchPicture[];
  /** What has happened, newest first. */
  readonly log: readonly { readonly id: number; readonly kind: LogKind; readonly text: string }[];
  readonly desk: DeskPicture;
}

export type LogKind = "command" | "warning" | "step";

export interface PeerPicture {
  readonly name: string;
  readonly account: string;
  /** A cheat of a break-it case is no honest peer. */
  readonly isCheat: boolean;
  readonly state: "waiting" | "downloading" | "seeding" | "stopped";
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Bytes a second. */
  readonly rateDown: number;
  readonly rateUp: number;
  /** Promised to others by vouchers, in all. */
  readonly promised: string;
  /** Promised to this peer by vouchers that it has stored, in all. */
  readonly holds: string;
  /** In the contract; null: not read yet. */
  readonly balance: string | null;
}

/** What one peer has sold another of this content, by the vouchers that the seller has stored. */
export interface FlowPicture {
  readonly seller: string;
  readonly buyer: string;
  readonly amount: string;
  /** Bytes that the amount pays for. */
  readonly bytes: number;
}

export interface BlockPicture {
  readonly number: number;
  readonly at: number;
  readonly transactions: readonly { readonly from: string; readonly does: string; readonly isDone: boolean }[];
}

export interface BatchPicture {
  readonly number: number | null;
  readonly state: string;
  readonly kind: string;
  readonly rows: number;
  readonly total: string;
  readonly fee: string;
}

export interface DeskPicture {
  /** Cases can be started now. */
  readonly isOpen: boolean;
  /** Why not. */
  readonly closedBecause: string | null;
  readonly cases: readonly CasePicture[];
}

export interface CasePicture {
  readonly id: string;
  readonly title: string;
  /** What is done, in one or two sentences. */
  readonly deed: string;
  readonly state: "ready" | "running" | "done" | "failed";
  /** What was done so far, oldest first. */
  readonly steps: readonly string[];
  readonly verdict: VerdictPicture | null;
}

export interface VerdictPicture {
  readonly holds: boolean;
  readonly losses: readonly {
    readonly who: string;
    readonly lost: string;
    /** The most that may be lost. */
    readonly most: string;
    /** Why: words of docs/losses.md. */
    readonly promise: string;
    readonly holds: boolean;
  }[];
  /** What the audit, or whoever else looks, finds of it; null: there is nothing to find. */
  readonly finding: string | null;
}

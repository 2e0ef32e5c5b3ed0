import type { Content } from "../repository/content.ts";
import type { GasDay } from "./gas-days.ts";

/** What the operator's desk shows. Amounts in base units, times in seconds since 1970. */
export interface DeskFacts {
  readonly now: number;
  readonly operator: string;
  readonly latest: { readonly number: number; readonly timestamp: number };
  readonly confirmed: { readonly number: number };
  readonly problems: readonly { readonly part: string; readonly problem: string }[];
  readonly counts: {
    readonly accounts: number;
    readonly contents: number;
    readonly unlisted: number;
    readonly deposits: number;
    readonly withdrawals: number;
  };
  readonly waiting: { readonly count: number; readonly amount: bigint; readonly since: number | null };
  readonly batches: readonly DeskBatch[];
  readonly transactions: readonly DeskTransaction[];
  /** When the oldest of what is under way was begun; null: nothing is. */
  readonly since: { readonly deposits: number | null; readonly withdrawals: number | null };
  readonly accounts: readonly DeskAccount[];
  readonly contents: readonly Content[];
  /** What live allotments may still claim. */
  readonly promised: bigint;
  readonly bond: { readonly amount: bigint; readonly withdrawing: bigint };
  /** Wei. */
  readonly gas: bigint | null;
  /** Ascending. */
  readonly gasDays: readonly GasDay[];
  /** What operators did here, newest first. */
  readonly actions: readonly {
    readonly at: number;
    readonly action: "settle" | "unlist" | "list" | "pause" | "resume" | "retry" | "bump";
    readonly subject: string | null;
    readonly reason: string;
    readonly login: string;
  }[];
  /** No deposits are taken. */
  readonly isPaused: boolean;
}

interface DeskBatch {
  readonly id: number;
  readonly number: number | null;
  readonly kind: string;
  readonly reason: "forced" | "leaving" | "deadline" | "full" | "value" | "age";
  readonly state: string;
  readonly rowCount: number;
  readonly skipped: number;
  readonly total: string;
  readonly fee: string;
  readonly gasUsed: string | null;
  readonly hash: string | null;
}

interface DeskTransaction {
  readonly actionId: string;
  readonly kind: string;
  readonly state: string;
  readonly nonce: number | null;
  readonly hash: string | null;
  readonly reason: string | null;
  /** Of its newest signature; null: it is not signed. */
  readonly signed: {
    readonly count: number;
    /** Wei per gas. */
    readonly maxFeePerGas: bigint;
    /** The newest block then. */
    readonly atBlock: number;
  } | null;
}

interface DeskAccount {
  readonly account: string;
  readonly createdAt: number;
  readonly isLeaving: number;
  readonly devices: number;
  readonly lanesAsPayer: number;
  readonly balance: bigint;
}

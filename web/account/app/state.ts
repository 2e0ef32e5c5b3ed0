import { computed, signal } from "@preact/signals";
import type { AccountReply } from "../../../protocol/http/accounts.ts";
import type { Sessions } from "../../../protocol/http/timeline.ts";
import type { Api } from "./api.ts";
import type { Entry } from "./money/entries.ts";
import type { SessionKey } from "./session.ts";
import type { Wallet } from "./wallet/wallet.ts";

/** Someone who has logged in. */
export interface Login {
  readonly wallet: Wallet;
  readonly api: Api;
  readonly key: SessionKey;
}

/** What the page knows of the account. All of it was read within seconds. */
export interface Money {
  readonly summary: AccountReply;
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** There are older lanes than those that are shown. */
  readonly hasMore: boolean;
  readonly sessions: Sessions["sessions"];
}

/** The one thing that the page has to say now. */
export interface Notice {
  readonly kind: "bad" | "good" | "wait";
  readonly text: string;
}

export const login = signal<Login | null>(null);
export const money = signal<Money | null>(null);
export const notice = signal<Notice | null>(null);
/** What is under way, in words; null: nothing. One thing at a time. */
export const busy = signal<string | null>(null);
export const isBusy = computed(() => busy.value !== null);

import type { Generated } from "kysely";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";

/** The outbox's tables of the authority's store (schema.ts). */

export type TransactionKind =
  | "approve"
  | "fund"
  | "session"
  | "settle"
  | "claim"
  | "withdraw-request"
  | "withdraw-pay"
  | "withdraw-now"
  /** Uses up a nonce that nothing else uses, and does nothing. */
  | "fill";

/** The outbox: every transaction that the authority ever decided to send, by its action. */
export interface TransactionTable {
  id: Generated<number>;
  actionId: string;
  kind: TransactionKind;
  recipient: Address;
  data: Hex;
  /** intent -> signed -> sent -> mined -> final (block confirmed), or failed. */
  state: "intent" | "signed" | "sent" | "mined" | "final" | "failed";
  /** Of the attempts that can still be mined; null when none can. */
  nonce: number | null;
  /** Of the attempt that was mined, else of the newest. */
  hash: Hex | null;
  block: number | null;
  gasUsed: string | null;
  reason: string | null;
  /** When the chain refused it first, without failing it; null before. */
  refusedSince: number | null;
  /** When it became final or failed, seconds since 1970; null before, and in older versions. */
  endedAt: Generated<number | null>;
}

/** Gas that an account's actions take, as reckoned when each was stored. */
export interface GasUseTable {
  actionId: string;
  account: Address;
  gas: number;
  createdAt: number;
}

/** What was signed for an action: replacements, too. None is ever removed. */
export interface AttemptTable {
  id: Generated<number>;
  transactionId: number;
  sender: Address;
  nonce: number;
  hash: Hex;
  raw: Hex;
  gas: string;
  /** Wei per gas. */
  maxFeePerGas: string;
  maxPriorityFeePerGas: string;
  /** It only uses the nonce up. */
  isCancel: number;
  /** The newest block then. */
  signedAtBlock: number;
}

/** Migration: the operator's desk counts gas by the day. */
export const TRANSACTION_ENDS = [
  "alter table transactions add column endedAt integer",
  "create index transactionsByEnd on transactions (endedAt) where endedAt is not null",
];

import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Db } from "../../store/database.ts";
import type { StoredTransaction } from "../../store/tables/transactions.ts";
import type { TransactionKind } from "../../store/transaction-schema.ts";
import type { Receipt } from "../sender.ts";

/**
 * How transactions of one kind end. `onFinal` and `onFailed` run in the store transaction that ends
 * the transaction, so each ends once.
 */
export interface Ending {
  /**
   * What a transaction with this calldata may take at most, if more than the estimate could be
   * needed.
   */
  gasOf?(data: Hex): bigint;
  /**
   * Last second in which the chain takes it. After that it is cancelled, so that its nonce gets
   * free. Default: there is none.
   */
  deadlineOf?(data: Hex): number;
  /**
   * Whether the confirmed block has its effect, whatever brought it there. It decides before
   * anything is signed anew. Default: unknown, because doing it twice changes nothing.
   */
  isDone?(transaction: StoredTransaction): Promise<boolean>;
  /** `onFinal` reads the receipt's logs, so without a receipt it must wait for one. */
  readonly needsLogs?: boolean;
  /**
   * Whether to try again later what the chain refuses, or to give it up. Default: give up.
   */
  judgeRefusal?(refusal: Refusal): "wait" | "fail";
  onFinal(db: Db, transaction: StoredTransaction, receipt: EndReceipt): Promise<void>;
  onFailed(db: Db, transaction: StoredTransaction, reason: string): Promise<void>;
}

/** Of the transaction, or of whatever had its effect: then without logs. */
export type EndReceipt = Omit<Receipt, "blockHash">;

export interface Refusal {
  /** Name and arguments of the contract's error. */
  readonly reason: string;
  /** For how long the chain has refused it, seconds. */
  readonly forSec: number;
}

export type Endings = Readonly<Record<TransactionKind, Ending>>;

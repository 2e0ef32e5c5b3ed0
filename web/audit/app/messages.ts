import type { AuditReport } from "../../../audit/audit-report.ts";
import type { AccountBook } from "../../../audit/books/account-book.ts";
import type { BatchBook, Books } from "../../../audit/books/books.ts";
import type { LedgerEntry } from "../../../audit/books/ledger.ts";
import type { SkipReason } from "../../../audit/facts/events.ts";
import type { ProofVerdict } from "../../../audit/proof/verify-proof.ts";

/** What the page and the auditor in its worker say to each other. */

/** Which history is to be checked. */
export interface Target {
  readonly rpcUrl: string;
  readonly contract: string;
  /** Null: the chain that the node is on. */
  readonly chainId: bigint | null;
  /** Null: looked up. */
  readonly fromBlock: number | null;
  /** Null: the newest block. */
  readonly toBlock: number | null;
  /** A second opinion on every signature. */
  readonly isParanoid: boolean;
  /** Null: bundles are not read. */
  readonly bundles: BundlePlace | null;
}

/** A server with bundles, or files that the visitor has chosen. */
export type BundlePlace = { readonly url: string } | { readonly files: readonly File[] };

/** All that a finished audit has to tell at once. */
export interface Outcome {
  readonly report: AuditReport;
  readonly books: Books;
  readonly seconds: number;
}

/** Where an audit under way stands. */
export interface Progress {
  readonly phase: "connecting" | "replaying" | "comparing";
  /** The first block, the last one, and the one that is reached. */
  readonly from: number;
  readonly to: number;
  readonly block: number;
  readonly transactions: number;
  readonly batches: number;
  readonly rows: number;
  readonly findings: number;
  /** That were opened. */
  readonly bundles: number;
}

/** A row of a batch, as it was replayed. Amounts are base units. */
export interface Row {
  /** Counted from 0 over the whole batch. */
  readonly index: number;
  readonly payer: string;
  readonly sessionKey: string;
  readonly payee: string;
  readonly lane: number;
  readonly amount: bigint;
  /** Part of `amount` that the payee did not get. */
  readonly fee: bigint;
  readonly isPaid: boolean;
  /** What the contract said of a row that it skipped. */
  readonly reason: SkipReason | null;
}

/** One account's money: what moved it, in the order of the chain. */
export interface AccountStory {
  readonly account: string;
  /** Null: nothing ever moved it. */
  readonly book: AccountBook | null;
  readonly entries: readonly LedgerEntry[];
}

/** One lane from its payer's deposits to its payees' wallets. */
export interface LaneStory {
  readonly payer: string;
  readonly lane: number;
  /** Base units that the payer had deposited until the lane was first used, and how often. */
  readonly deposited: bigint;
  readonly deposits: number;
  /** Rows of batches on the lane, paid or skipped. */
  readonly rows: readonly { readonly row: Row; readonly batch: BatchBook }[];
  /** What claims moved to payees. */
  readonly claims: readonly LedgerEntry[];
  /** What payees took out of the contract after the lane had paid them. */
  readonly exits: readonly LedgerEntry[];
}

/** A proof file, and what it shows. */
export interface MadeProof {
  readonly text: string;
  readonly verdict: ProofVerdict;
}

/** Each question has one answer of the same name. */
export interface Questions {
  readonly audit: { readonly ask: Target; readonly answer: Outcome };
  /** Null: its calldata could not be read. */
  readonly batch: { readonly ask: { readonly number: number }; readonly answer: readonly Row[] | null };
  readonly account: { readonly ask: { readonly account: string }; readonly answer: AccountStory };
  readonly lane: { readonly ask: { readonly payer: string; readonly lane: number }; readonly answer: LaneStory };
  readonly ledger: {
    readonly ask: { readonly account: string; readonly format: "csv" | "beancount" };
    readonly answer: string;
  };
  /** A lane of null: about the account. */
  readonly prove: {
    readonly ask: { readonly account: string; readonly lane: number | null };
    readonly answer: MadeProof;
  };
  readonly verify: { readonly ask: { readonly text: string }; readonly answer: ProofVerdict };
}

export type QuestionName = keyof Questions;

export type Asked = {
  [K in QuestionName]: { readonly id: number; readonly name: K; readonly ask: Questions[K]["ask"] };
}[QuestionName];

export type Told =
  /** Its code is loaded: what was said before may be lost. */
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Questions[QuestionName]["answer"] }
  | { readonly kind: "failed"; readonly id: number; readonly code: string; readonly text: string };

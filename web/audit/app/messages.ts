import type { AuditReport } from "../../../audit/audit-report.ts";
import type { Books } from "../../../audit/books/books.ts";

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
}

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
}

/** Each question has one answer of the same name. */
export interface Questions {
  readonly audit: { readonly ask: Target; readonly answer: Outcome };
}

export type QuestionName = keyof Questions;

export interface Asked<K extends QuestionName = QuestionName> {
  readonly id: number;
  readonly name: K;
  readonly ask: Questions[K]["ask"];
}

export type Told =
  /** Its code is loaded: what was said before may be lost. */
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Questions[QuestionName]["answer"] }
  | { readonly kind: "failed"; readonly id: number; readonly code: string; readonly text: string };

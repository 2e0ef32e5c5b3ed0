import type Database from "better-sqlite3";
import { getAddress } from "ethers";
import type { CheckName, FindingDetails } from "../checks.ts";
import type { Address, Hex } from "../facts/facts.ts";
import { BookDatabase } from "./book-database.ts";
import { BundleFiles } from "./bundle-files.ts";
import { LanePayments } from "./lane-payments.ts";
import { ListedVouchers } from "./listed-vouchers.ts";
import { PublishedAllotments } from "./published-allotments.ts";

/** A finding that needs no replay. */
export interface Problem {
  readonly check: CheckName;
  readonly sentence: string;
  readonly details: FindingDetails;
}

/** The most problems that are kept, so that a file of lies fills no memory. */
const MAX_PROBLEMS = 1_000;

/** What T has published: the book that the replay is compared with, and what is wrong with it by itself. */
export class Evidence {
  readonly files: BundleFiles;
  readonly allotments: PublishedAllotments;
  readonly listed: ListedVouchers;
  /** Filled by the replay. */
  readonly payments: LanePayments;
  /** Until the replay has reported them. */
  readonly problems: Problem[] = [];
  /** Why a bundle that a batch names cannot be used, by its name. */
  readonly faults = new Map<Hex, string>();
  /** Every bundle back to the first was read: what is not in the book was not published. */
  isComplete = true;
  signaturesChecked = 0;
  #unkept = 0;

  readonly book: BookDatabase;

  /** `database`: the audit's own; by itself, the book is in memory. */
  constructor(database?: Database.Database) {
    const book = new BookDatabase(database);
    this.book = book;
    this.files = new BundleFiles(book);
    this.allotments = new PublishedAllotments(book);
    this.listed = new ListedVouchers(book);
    this.payments = new LanePayments(book);
  }

  addProblem(check: CheckName, sentence: string, details: FindingDetails = {}): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ check, sentence, details });
    else this.#unkept++;
  }

  /** Problems beyond those that are kept. */
  get unkept(): number {
    return this.#unkept;
  }
}

/** An address as people read it, and as the replay keeps it: EIP-55. */
export function asShown(address: Address): Address {
  return getAddress(address);
}

export function isSame(a: Address | null, b: Address): boolean {
  return a !== null && a.toLowerCase() === b.toLowerCase();
}

/** "lane 3 of 0x…". */
export function nameLane({ payer, lane }: { readonly payer: Address; readonly lane: number }): string {
  return `lane ${lane} of ${asShown(payer)}`;
}

import { getAddress } from "ethers";
import type { CheckName } from "../checks.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { FindingDetails } from "../findings.ts";
import type { Files } from "./bundle-files.ts";
import type { BundleMemory } from "./bundle-memory.ts";
import type { Payments } from "./lane-payments.ts";
import type { Listed } from "./listed-vouchers.ts";
import type { Problem } from "./problem.ts";
import type { Allotments } from "./published-allotments.ts";

/** Problems kept at most: a dishonest file must not fill the memory. */
const MAX_PROBLEMS = 1_000;

/** What keeps a book: tables (bundle-tables.ts), or memory (memory/). */
export interface Shelves {
  readonly files: Files;
  readonly allotments: Allotments;
  readonly listed: Listed;
  readonly payments: Payments;
  draft<T>(read: () => Promise<T>): Promise<T>;
}

/**
 * Every published bundle: what the replay is compared with, and what is wrong with the bundles
 * themselves.
 */
export class BundleBook {
  readonly files: Files;
  readonly allotments: Allotments;
  readonly listed: Listed;
  /** Filled by the replay. */
  readonly payments: Payments;
  /** Runs what adds a draft, and takes that back if it throws. */
  readonly draft: Shelves["draft"];
  /** Kept until the replay reports them. */
  readonly problems: Problem[] = [];
  /** Why a bundle that a batch names cannot be used, by its name. */
  readonly faults = new Map<Hex, string>();
  /** Every bundle back to the first was read, so what the book lacks was not published. */
  isComplete = true;
  signaturesChecked = 0;
  #unkept = 0;

  constructor({ files, allotments, listed, payments, draft }: Shelves) {
    this.files = files;
    this.allotments = allotments;
    this.listed = listed;
    this.payments = payments;
    this.draft = draft;
  }

  addProblem(check: CheckName, sentence: string, details: FindingDetails = {}): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ check, sentence, details });
    else this.#unkept++;
  }

  /** Goes on with what was kept beside the tables. */
  restore({ problems, unkept, faults, signaturesChecked }: BundleMemory): void {
    this.problems.push(...problems);
    this.#unkept = unkept;
    for (const [name, fault] of faults) this.faults.set(name, fault);
    this.isComplete = this.faults.size === 0;
    this.signaturesChecked = signaturesChecked;
  }

  /**
   * Of bundles that could not be used, those that are named again may be there by now. What a known
   * bundle follows stays a gap.
   */
  forget(names: readonly Hex[]): void {
    for (const name of names) if (!this.files.isFollowed(name)) this.faults.delete(name);
    this.isComplete = this.faults.size === 0;
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

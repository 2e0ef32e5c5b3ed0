import type { Batch } from "../facts/batch-bytes.ts";
import type { BatchRecord } from "../facts/batch-record.ts";
import type { ChainEvent, EventOf } from "../facts/events.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { JudgedRow, Observer } from "../replay/observer.ts";
import { type Run, report, reportNotChecked } from "../replay/run.ts";
import { asShown, BundleBook } from "./bundle-book.ts";
import { findBundle } from "./find-bundle.ts";
import { NO_BUNDLE } from "./format/bundle-format.ts";
import type { ContentSizes } from "./format/content-sizes.ts";
import type { HeldVoucher } from "./format/held-vouchers.ts";
import { judgeAllotments } from "./judges/judge-allotments.ts";
import { judgeBatch } from "./judges/judge-batch.ts";
import { judgeBond } from "./judges/judge-bond.ts";
import { judgeCredit } from "./judges/judge-credit.ts";
import { judgeHeld } from "./judges/judge-held.ts";
import { judgeLeftOut, judgeOmissions } from "./judges/judge-omissions.ts";
import { judgeRelease } from "./judges/judge-release.ts";
import { judgeShown } from "./judges/judge-shown.ts";
import { SignerWatch } from "./judges/signer-watch.ts";
import * as notChecked from "./not-checked.ts";

/** The checks that need bundles, receipts and payees' vouchers. */
export interface BundleChecks extends Observer {
  readonly tallies: BundleTallies;
}

export interface BundleTallies {
  bundles: number;
  allotments: number;
  /** Lanes that payees have shown, and how many of them with a receipt. */
  held: number;
  receipts: number;
  /** The longest time from a receipt to its settlement, seconds. */
  longestDelaySec: number;
}

export interface BundleChecksOptions {
  /** Null: not read. */
  readonly book: BundleBook | null;
  /** Null: none given. */
  readonly held: readonly HeldVoucher[] | null;
  /** Null: not known. */
  readonly contents: ContentSizes | null;
  /** The replay begins after this block. Default: before the contract. */
  readonly resumedAt?: number;
}

export function createBundleChecks(options: BundleChecksOptions): BundleChecks {
  return new BundleObserver(options);
}

class BundleObserver implements BundleChecks {
  readonly tallies: BundleTallies = { bundles: 0, allotments: 0, held: 0, receipts: 0, longestDelaySec: 0 };
  readonly #options: BundleChecksOptions;
  readonly #book: BundleBook;
  readonly #signers = new SignerWatch();
  /** Of the open batch. */
  #rows: JudgedRow[] = [];
  /** Time of the last block that the replay has begun. */
  #lastTime = 0;
  #smallestRow: bigint | null = null;
  #unnamed = 0;
  /** Allotments of blocks that the replay has already passed, and allotments without a block. */
  #tooLate = 0;
  #unnoted = 0;

  constructor(options: BundleChecksOptions) {
    this.#options = options;
    this.#book = options.book ?? emptyBook();
    if (options.resumedAt !== undefined) this.#tooLate = this.#book.allotments.takeUpTo(options.resumedAt - 1).length;
  }

  beforeBlock(run: Run, block: number, time: number): void {
    this.#unnoted += this.#judgeIssued(run, this.#signers, block - 1, time);
    this.#signers.advance(run, time);
    this.#book.problems.length = 0;
    this.#lastTime = time;
  }

  rowJudged(_run: Run, _facts: TransactionFacts, judged: JudgedRow): void {
    this.#rows.push(judged);
    const { row, isPaid } = judged;
    if (!isPaid || row.signature === null) return;
    if (this.#smallestRow === null || row.amount < this.#smallestRow) this.#smallestRow = row.amount;
  }

  afterEvent(run: Run, facts: TransactionFacts, event: ChainEvent): void {
    const book = this.#book;
    if (event.kind === "Claimed") {
      book.payments.claim(event.payer, event.lane, event.payee, event.totalPaid);
      if (this.#options.book) judgeClaim(run, book, facts, event);
    } else if (event.kind === "Released") judgeRelease(run, book, facts, event.account);
    else if (event.kind === "BondWithdrawn") judgeBond(run, book, facts, facts.block, facts.time);
  }

  batchSettled(run: Run, facts: TransactionFacts, batch: Batch | null, record: BatchRecord): void {
    const rows = this.#rows;
    this.#rows = [];
    const { book } = this.#options;
    keepRows(this.#book, rows);
    if (book === null) return;
    if (record.settled.bundleHash === NO_BUNDLE && !book.files.lastNamed()) this.#unnamed++;
    const file = findBundle(run, facts, book, record);
    if (file === null) return;
    const before = book.files.lastNamed()?.file ?? 0;
    book.files.setBatch(file.file, record.number);
    if (batch !== null) {
      const delay = judgeBatch({ run, facts, book, record, file }, batch, rows);
      this.tallies.longestDelaySec = Math.max(this.tallies.longestDelaySec, delay);
    }
    for (let number = before + 1; number <= file.file; number++) {
      const next = book.files.at(number);
      if (next && book.listed.lists(number)) judgeOmissions(run, book, next, facts);
    }
  }

  finish(run: Run, block: number, time: number): void {
    const { book, held, contents } = this.#options;
    // The replay may continue from here, so only the book is changed: the audit rolls it back.
    const signers = this.#signers.copy();
    const unnoted = this.#unnoted + this.#judgeIssued(run, signers, block, time);
    signers.advance(run, Number.POSITIVE_INFINITY);
    if (book) {
      judgeLeftOut(run, book, time);
      judgeBond(run, book, null, block, time);
    }
    const end = { time, smallestRow: this.#smallestRow };
    const verdicts = held?.map((one) => judgeHeld(run, this.#book, one, end)) ?? [];
    this.tallies.bundles = this.#book.files.count();
    this.tallies.allotments = this.#book.allotments.count();
    this.tallies.held = held?.length ?? 0;
    this.tallies.receipts = held?.filter(({ receipt }) => receipt !== null).length ?? 0;
    const smallReceipts = verdicts.filter((verdict) => verdict === "too small").length;
    this.#listUnchecked(run, contents, unnoted, smallReceipts);
  }

  /**
   * Judges the allotments of blocks whose state the replay has just reached. `time`: of a block
   * after them. Returns how many of them name no block.
   */
  #judgeIssued(run: Run, signers: SignerWatch, upTo: number, time: number): number {
    const book = this.#book;
    for (const { check, sentence, details } of book.problems) report(run, check, null, sentence, details);
    run.tallies.signaturesChecked += book.signaturesChecked;
    book.signaturesChecked = 0;
    const bounds = { after: this.#lastTime, before: time };
    const { issued, unnoted } = judgeAllotments(run, book, signers, upTo, bounds);
    const { contents } = this.#options;
    if (contents) for (const allotment of issued) judgeCredit(run, book, contents, allotment);
    return unnoted;
  }

  #listUnchecked(run: Run, contents: ContentSizes | null, unnoted: number, smallReceipts: number): void {
    const { book, held } = this.#options;
    const list = (sentence: string): void => reportNotChecked(run, null, sentence);
    if (held === null) list(notChecked.WITHOUT_VOUCHERS);
    if (smallReceipts > 0) list(notChecked.smallReceipts(smallReceipts));
    if (book === null) {
      list(notChecked.WITHOUT_BUNDLES);
      return;
    }
    list(notChecked.UNUSED_RELEASES);
    if (contents === null) list(notChecked.WITHOUT_CONTENTS);
    if (this.#unnamed > 0) list(notChecked.unnamedBatches(this.#unnamed));
    if (this.#tooLate > 0) list(notChecked.tooLate(this.#tooLate));
    if (unnoted > 0) list(notChecked.unnoted(unnoted));
    if (book.faults.size > 0) list(notChecked.missingBundles(book.faults.size));
    if (book.unkept > 0) list(notChecked.problemsUnkept(book.unkept));
    const small = book.listed.unsettled().filter(({ reason }) => reason === "DUST");
    const sum = small.reduce((total, { amount }) => total + amount, 0n);
    if (small.length > 0) list(notChecked.dust(small.length, run.money(sum)));
  }
}

/** A book that nothing was read into: what it lacks may have been published all the same. */
function emptyBook(): BundleBook {
  const book = new BundleBook();
  book.isComplete = false;
  return book;
}

function keepRows({ payments }: BundleBook, rows: readonly JudgedRow[]): void {
  for (const { batch, group, row, isPaid } of rows) {
    if (isPaid) payments.settle(group.payer, row.lane, row.payee, row.amount);
    else payments.skip(group.payer, row.lane, row.payee, batch);
  }
}

function judgeClaim(run: Run, book: BundleBook, facts: TransactionFacts, event: EventOf<"Claimed">): void {
  const { payer, payee, lane } = event;
  for (const call of facts.calls ?? []) {
    if (call.kind !== "claim") continue;
    const { allotment } = call;
    if (allotment.payer === payer && allotment.payee === payee && allotment.lane === lane) {
      judgeShown(run, book, facts, allotment, `a claim of ${asShown(payee)}`);
      return;
    }
  }
}

import type { BlockFacts } from "../chain/chain-reader.ts";
import type { Batch } from "../facts/batch-bytes.ts";
import type { BatchRecord } from "../facts/batch-record.ts";
import type { ChainEvent, EventOf } from "../facts/events.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { JudgedRow, Observer } from "../replay/observer.ts";
import { type Run, report, reportNotChecked } from "../replay/run.ts";
import { asShown, type BundleBook } from "./bundle-book.ts";
import { type BundleMemory, emptyMemory } from "./bundle-memory.ts";
import { createTableBook } from "./bundle-tables.ts";
import { findBundle } from "./find-bundle.ts";
import { NO_BUNDLE } from "./format/bundle-format.ts";
import type { ContentSizes } from "./format/content-sizes.ts";
import type { HeldVoucher } from "./format/held-vouchers.ts";
import type { ListedShares } from "./format/signed-listings.ts";
import { judgeAllotments } from "./judges/judge-allotments.ts";
import { judgeBatch } from "./judges/judge-batch.ts";
import { judgeBond } from "./judges/judge-bond.ts";
import { judgeCredit } from "./judges/judge-credit.ts";
import { judgeHeld } from "./judges/judge-held.ts";
import { judgeLeftOut, judgeOmissions } from "./judges/judge-omissions.ts";
import { judgeRelease } from "./judges/judge-release.ts";
import { judgeShare } from "./judges/judge-share.ts";
import { judgeShown } from "./judges/judge-shown.ts";
import { SignerWatch } from "./judges/signer-watch.ts";
import * as notChecked from "./not-checked.ts";

/** The checks that need bundles, receipts and payees' vouchers. */
export interface BundleChecks extends Observer {
  readonly tallies: BundleTallies;
  /** What a checkpoint keeps beside the book's tables. */
  readonly memory: BundleMemory;
  /** Bundles that batches name up to this block are read. */
  readTo: BlockFacts | null;
  /** Bundles after this one were just read. What they tell of earlier blocks cannot be judged. */
  dropLate(afterFile: number): void;
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
  /** What publishers have signed of their shares. Default: not known. */
  readonly listed?: ListedShares;
  /** Listings that nobody's key has signed. */
  readonly unsigned?: number;
  /** Follows payments without bundles, for held vouchers. Default: a book in memory. */
  readonly payments?: BundleBook | null;
  /** Default: from the contract's creation. */
  readonly memory?: BundleMemory;
}

export function createBundleChecks(options: BundleChecksOptions): BundleChecks {
  return new BundleObserver(options);
}

const NO_LISTINGS: ListedShares = new Map();

class BundleObserver implements BundleChecks {
  readonly tallies: BundleTallies;
  readonly #options: BundleChecksOptions;
  readonly #book: BundleBook;
  readonly #signers: SignerWatch;
  readonly #kept: BundleMemory;
  /** Nothing is compared with what batches pay. */
  readonly #isIdle: boolean;
  /** Of the open batch. */
  #rows: JudgedRow[] = [];

  constructor(options: BundleChecksOptions) {
    const { book, held, payments, memory = emptyMemory() } = options;
    this.#options = options;
    this.#book = book ?? incomplete(payments ?? createTableBook());
    this.#isIdle = book === null && held === null;
    this.#kept = { ...memory };
    this.#signers = new SignerWatch(memory.waiting);
    const { longestDelaySec } = memory;
    this.tallies = { bundles: 0, allotments: 0, held: 0, receipts: 0, longestDelaySec };
  }

  get readTo(): BlockFacts | null {
    return this.#kept.readTo;
  }

  set readTo(block: BlockFacts | null) {
    this.#kept.readTo = block;
  }

  get memory(): BundleMemory {
    const { problems, unkept, faults, signaturesChecked } = this.#book;
    const { longestDelaySec } = this.tallies;
    const { waiting } = this.#signers;
    return { ...this.#kept, longestDelaySec, waiting, problems, unkept, faults, signaturesChecked };
  }

  dropLate(afterFile: number): void {
    this.#kept.tooLate += this.#book.allotments.dropUpTo(this.#kept.lastBlock - 1, afterFile);
  }

  beforeBlock(run: Run, block: number, time: number): void {
    this.#kept.unnoted += this.#judgeIssued(run, this.#signers, block - 1, time);
    this.#signers.advance(run, time);
    this.#book.problems.length = 0;
    this.#kept.lastBlock = block;
    this.#kept.lastTime = time;
  }

  rowJudged(_run: Run, _facts: TransactionFacts, judged: JudgedRow): void {
    if (this.#isIdle) return;
    this.#rows.push(judged);
    const { row, isPaid } = judged;
    if (!isPaid || row.signature === null) return;
    const { smallestRow } = this.#kept;
    if (smallestRow === null || row.amount < smallestRow) this.#kept.smallestRow = row.amount;
  }

  afterEvent(run: Run, facts: TransactionFacts, event: ChainEvent): void {
    if (this.#isIdle) return;
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
    if (record.settled.bundleHash === NO_BUNDLE && !book.files.lastNamed()) this.#kept.unnamed++;
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
    const unnoted = this.#kept.unnoted + this.#judgeIssued(run, signers, block, time);
    signers.advance(run, Number.POSITIVE_INFINITY);
    if (book) {
      judgeLeftOut(run, book, time);
      judgeBond(run, book, null, block, time);
    }
    const end = { time, smallestRow: this.#kept.smallestRow };
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
    const bounds = { after: this.#kept.lastTime, before: time };
    const { issued, unnoted } = judgeAllotments(run, book, signers, upTo, bounds);
    const { contents, listed = NO_LISTINGS } = this.#options;
    for (const allotment of issued) judgeShare(run, book, listed, allotment);
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
    if (this.#options.unsigned) list(notChecked.unsignedListings(this.#options.unsigned));
    const { unnamed, tooLate } = this.#kept;
    if (unnamed > 0) list(notChecked.unnamedBatches(unnamed));
    if (tooLate > 0) list(notChecked.tooLate(tooLate));
    if (unnoted > 0) list(notChecked.unnoted(unnoted));
    if (book.faults.size > 0) list(notChecked.missingBundles(book.faults.size));
    if (book.unkept > 0) list(notChecked.problemsUnkept(book.unkept));
    const small = book.listed.unsettled().filter(({ reason }) => reason === "DUST");
    const sum = small.reduce((total, { amount }) => total + amount, 0n);
    if (small.length > 0) list(notChecked.dust(small.length, run.money(sum)));
  }
}

/** No bundle was read into this book: what it lacks may have been published all the same. */
function incomplete(book: BundleBook): BundleBook {
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

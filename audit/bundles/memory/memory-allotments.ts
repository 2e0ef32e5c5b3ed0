import type { Address, Hex } from "../../facts/primitives.ts";
import type { AllotmentLine } from "../format/bundle-format.ts";
import type { Payments } from "../lane-payments.ts";
import { type Allotments, isIssuedAfter, type LiveLane, type PublishedAllotment } from "../published-allotments.ts";
import { compare, insert, laneKey, lowerBound, type Shelf } from "./shelf.ts";

const inOrder = (a: PublishedAllotment, b: PublishedAllotment): number => (isIssuedAfter(a, b) ? 1 : -1);

/** What published-allotments.ts keeps in tables. */
export class MemoryAllotments implements Allotments {
  readonly #shelf: Shelf;
  readonly #payments: Payments;
  /** Of a lane, in order of issue. */
  readonly #byLane = new Map<string, PublishedAllotment[]>();
  /** Of all, and of each payer: by the time at which they end. */
  readonly #byEnd: PublishedAllotment[] = [];
  readonly #ofPayer = new Map<Address, PublishedAllotment[]>();
  /** The first of each content that pays its publisher. */
  readonly #shares = new Map<Hex, PublishedAllotment>();
  /** Those that nobody has taken yet, by their blocks. */
  #open: PublishedAllotment[] = [];
  #count = 0;

  constructor(shelf: Shelf, payments: Payments) {
    this.#shelf = shelf;
    this.#payments = payments;
    shelf.placed.push(({ allotments }) => {
      for (const one of allotments) this.#place(one);
    });
  }

  add(file: number, line: number, { kind: _, ...written }: AllotmentLine, signer: Address | null): void {
    const terms = {
      ...written,
      ...{
        cap: BigInt(written.cap),
        pricePerGiB: BigInt(written.pricePerGiB),
        infoHash: `0x${written.infoHash}` as const,
      },
    };
    this.#shelf.content(file).allotments.push({ ...terms, file, line, signer });
    this.#count++;
  }

  /** A draft is forgotten. */
  undo(file: number): void {
    this.#count -= this.#shelf.content(file).allotments.length;
  }

  *of(file: number): Generator<PublishedAllotment> {
    yield* [...(this.#shelf.contents.get(file)?.allotments ?? [])];
  }

  find(payer: Address, lane: number): PublishedAllotment | undefined {
    return this.#byLane.get(laneKey(payer, lane))?.[0];
  }

  lastLane(payer: Address, beforeFile: number): number {
    const before = (this.#ofPayer.get(payer) ?? []).filter(({ file }) => file < beforeFile);
    return before.reduce((last, { lane }) => Math.max(last, lane), -1);
  }

  drop(dropped: PublishedAllotment): void {
    const { file, line, payer, lane } = dropped;
    const content = this.#shelf.content(file);
    content.allotments = content.allotments.filter((one) => one.line !== line);
    const lists = [this.#byEnd, this.#open, this.#ofPayer.get(payer), this.#byLane.get(laneKey(payer, lane))];
    for (const list of lists) {
      const index = list?.findIndex((one) => one.file === file && one.line === line) ?? -1;
      if (index >= 0) list?.splice(index, 1);
    }
    this.#count--;
  }

  takeUpTo(block: number): PublishedAllotment[] {
    const end = lowerBound(this.#open, (one) => one.issuedAtBlock <= block);
    return this.#open.splice(0, end).sort(inOrder);
  }

  dropUpTo(block: number, afterFile: number): number {
    const before = this.#open.length;
    const isDropped = ({ issuedAtBlock, file }: PublishedAllotment): boolean =>
      issuedAtBlock > 0 && issuedAtBlock <= block && file > afterFile;
    this.#open = this.#open.filter((one) => !isDropped(one));
    return before - this.#open.length;
  }

  firstNoted(): Pick<PublishedAllotment, "file" | "line"> | undefined {
    for (let file = 1; this.#shelf.contents.has(file); file++) {
      const found = this.#shelf.content(file).allotments.find(({ issuedAtBlock }) => issuedAtBlock > 0);
      if (found) return { file, line: found.line };
    }
    return undefined;
  }

  liveOf(payer: Address, time: number, claimPeriod: number): LiveLane[] {
    return endingAfter(this.#ofPayer.get(payer) ?? [], time - claimPeriod)
      .sort(inOrder)
      .map((one) => this.#live(one));
  }

  live(block: number, time: number, claimPeriod: number): LiveLane[] {
    return endingAfter(this.#byEnd, time - claimPeriod)
      .filter(({ issuedAtBlock }) => issuedAtBlock <= block)
      .sort((a, b) => compare(a.payer, b.payer) || inOrder(a, b))
      .map((one) => this.#live(one));
  }

  onContent(payer: Address, infoHash: Hex, time: number): PublishedAllotment[] {
    return endingAfter(this.#ofPayer.get(payer) ?? [], time)
      .filter((one) => one.infoHash === infoHash)
      .sort(inOrder);
  }

  shareOn(infoHash: Hex): PublishedAllotment | undefined {
    return this.#shares.get(infoHash);
  }

  count(): number {
    return this.#count;
  }

  #place(one: PublishedAllotment): void {
    const key = laneKey(one.payer, one.lane);
    this.#byLane.set(key, [...(this.#byLane.get(key) ?? []), one]);
    if (one.payee === one.payeeKey && !this.#shares.has(one.infoHash)) this.#shares.set(one.infoHash, one);
    const own = this.#ofPayer.get(one.payer) ?? [];
    this.#ofPayer.set(one.payer, own);
    for (const list of [this.#byEnd, own]) insert(list, one, (other) => other.expiresAt > one.expiresAt);
    insert(this.#open, one, (other) => other.issuedAtBlock > one.issuedAtBlock);
  }

  #live({ payer, lane, file, line, sessionKey, issuedAtBlock, expiresAt, cap, payee }: PublishedAllotment): LiveLane {
    const paid = this.#payments.of(payer, lane).find((one) => one.payee === payee)?.paid ?? 0n;
    const terms = { payer, lane, sessionKey, issuedAtBlock, expiresAt };
    return { ...terms, seq: file * 2 ** 24 + line, open: cap > paid ? cap - paid : 0n };
  }
}

function endingAfter(byEnd: readonly PublishedAllotment[], time: number): PublishedAllotment[] {
  return byEnd.slice(lowerBound(byEnd, ({ expiresAt }) => expiresAt <= time));
}

import type { AllotmentTerms } from "../facts/calls.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { type BookDatabase, toDigits } from "./book-database.ts";
import type { AllotmentLine } from "./format/bundle-format.ts";

/** An allotment that a bundle holds. */
export interface PublishedAllotment extends AllotmentTerms {
  readonly file: number;
  readonly line: number;
  readonly signature: Hex;
  readonly signer: Address | null;
  readonly issuedAtBlock: number;
  readonly issuedAt: number;
}

/** A lane while it may still take money from its payer. */
export interface LiveLane {
  readonly payer: Address;
  readonly lane: number;
  /** Order of issue over all bundles. */
  readonly seq: number;
  readonly sessionKey: Address;
  readonly issuedAtBlock: number;
  readonly expiresAt: number;
  /** What it may still take, base units: cap - paid. */
  readonly open: bigint;
}

/** Rows read at once: the book may be written to between two pages. */
const PAGE = 1_000;
const LIVE = `
  SELECT a.payer, a.lane, a.file * 16777216 + a.line AS seq, a.sessionKey, a.issuedAtBlock, a.expiresAt, a.cap, p.paid FROM bundle_allotments a
  LEFT JOIN bundle_payments p ON p.payer = a.payer AND p.lane = a.lane AND p.payee = a.payee`;

/** All allotments that bundles publish. */
export class PublishedAllotments {
  readonly #database: BookDatabase;

  constructor(database: BookDatabase) {
    this.#database = database;
  }

  add(file: number, number: number, line: AllotmentLine, signer: Address | null): void {
    const sql = `INSERT INTO bundle_allotments (file, line, payer, lane, payee, sessionKey, payeeKey, cap, pricePerGiB, credit,
      infoHash, expiresAt, signature, issuedAtBlock, issuedAt, signer) VALUES (@file, @number, @payer, @lane, @payee,
      @sessionKey, @payeeKey, @cap, @pricePerGiB, @credit, @infoHash, @expiresAt, @signature, @issuedAtBlock, @issuedAt, @signer)`;
    const amounts = { cap: toDigits(BigInt(line.cap)), pricePerGiB: toDigits(BigInt(line.pricePerGiB)) };
    this.#database.prepare(sql).run({ ...line, ...amounts, file, number, signer });
  }

  /** Those of one bundle, in order. */
  *of(file: number): Generator<PublishedAllotment> {
    const page = this.#database.prepare<[number, number], StoredAllotment>(
      `SELECT * FROM bundle_allotments WHERE file = ? AND line > ? ORDER BY line LIMIT ${PAGE}`,
    );
    for (let rows = page.all(file, 0); rows.length > 0; rows = page.all(file, rows.at(-1)?.line as number))
      yield* rows.map(toAllotment);
  }

  /** The first of the lane. */
  find(payer: Address, lane: number): PublishedAllotment | undefined {
    const sql = "SELECT * FROM bundle_allotments WHERE payer = ? AND lane = ? AND file > 0 ORDER BY file, line LIMIT 1";
    const row = this.#database.prepare<[string, number], StoredAllotment>(sql).get(payer.toLowerCase(), lane);
    return row && toAllotment(row);
  }

  /** The greatest lane number that bundles before this one gave to the payer; -1 if none. */
  lastLane(payer: Address, beforeFile: number): number {
    const sql = `SELECT lane FROM bundle_allotments WHERE payer = ? AND file > 0 AND file < ? ORDER BY lane DESC LIMIT 1`;
    return this.#database.prepare<[string, number], number>(sql).pluck().get(payer, beforeFile) ?? -1;
  }

  /** Removes one that an earlier bundle has published. */
  drop({ file, line }: PublishedAllotment): void {
    this.#database.prepare("DELETE FROM bundle_allotments WHERE file = ? AND line = ?").run(file, line);
  }

  /** Those issued up to this block and not taken before, in order of issue. */
  takeUpTo(block: number): PublishedAllotment[] {
    const sql =
      "SELECT * FROM bundle_allotments WHERE isJudged = 0 AND issuedAtBlock <= ? AND file > 0 ORDER BY file, line";
    const rows = this.#database.prepare<[number], StoredAllotment>(sql).all(block);
    if (rows.length > 0)
      this.#database
        .prepare("UPDATE bundle_allotments SET isJudged = 1 WHERE isJudged = 0 AND issuedAtBlock <= ? AND file > 0")
        .run(block);
    return rows.map(toAllotment);
  }

  /** Takes those of bundles after this one that name a block up to this one. Returns how many. */
  dropUpTo(block: number, afterFile: number): number {
    const sql = `UPDATE bundle_allotments SET isJudged = 1
      WHERE isJudged = 0 AND issuedAtBlock > 0 AND issuedAtBlock <= ? AND file > ?`;
    return this.#database.prepare<[number, number]>(sql).run(block, afterFile).changes;
  }

  /** The first in order of issue that names its block: the authority noted no blocks before it. */
  firstNoted(): Pick<PublishedAllotment, "file" | "line"> | undefined {
    const sql =
      "SELECT file, line FROM bundle_allotments WHERE issuedAtBlock > 0 AND file > 0 ORDER BY file, line LIMIT 1";
    return this.#database.prepare<[], Pick<PublishedAllotment, "file" | "line">>(sql).get();
  }

  /** The payer's lanes that reserve money at this time, in order of issue. */
  liveOf(payer: Address, time: number, claimPeriod: number): LiveLane[] {
    const sql = `${LIVE} WHERE a.payer = ? AND a.expiresAt > ? AND a.file > 0 ORDER BY a.file, a.line`;
    return this.#database
      .prepare<[string, number], StoredLive>(sql)
      .all(payer, time - claimPeriod)
      .map(toLive);
  }

  /** All lanes that reserve money at this time, by payer. */
  live(block: number, time: number, claimPeriod: number): LiveLane[] {
    const sql = `${LIVE} WHERE a.expiresAt > ? AND a.issuedAtBlock <= ? AND a.file > 0 ORDER BY a.payer`;
    return this.#database
      .prepare<[number, number], StoredLive>(sql)
      .all(time - claimPeriod, block)
      .map(toLive);
  }

  /** The payer's lanes on a content that end after this time, in order of issue. */
  onContent(payer: Address, infoHash: Hex, time: number): PublishedAllotment[] {
    const sql = `SELECT * FROM bundle_allotments WHERE payer = ? AND infoHash = ? AND expiresAt > ? AND file > 0 ORDER BY file, line`;
    const rows = this.#database.prepare<[string, string, number], StoredAllotment>(sql);
    return rows.all(payer, infoHash.slice(2), time).map(toAllotment);
  }

  /** One that pays the publisher of the content its share; undefined: bundles hold none. */
  shareOn(infoHash: Hex): PublishedAllotment | undefined {
    const sql =
      "SELECT * FROM bundle_allotments WHERE infoHash = ? AND payee = payeeKey AND file > 0 ORDER BY file, line LIMIT 1";
    const row = this.#database.prepare<[string], StoredAllotment>(sql).get(infoHash.slice(2));
    return row && toAllotment(row);
  }

  count(): number {
    return this.#database.prepare<[], number>("SELECT count(*) FROM bundle_allotments").pluck().get() as number;
  }
}

/** The same, whatever keeps them. */
export type Allotments = Pick<PublishedAllotments, keyof PublishedAllotments>;

export function isIssuedAfter(
  a: Pick<PublishedAllotment, "file" | "line">,
  b: Pick<PublishedAllotment, "file" | "line">,
): boolean {
  return a.file > b.file || (a.file === b.file && a.line > b.line);
}

type StoredAllotment = Omit<PublishedAllotment, "cap" | "pricePerGiB"> & { cap: string; pricePerGiB: string };
type StoredLive = Omit<LiveLane, "open"> & { readonly cap: string; readonly paid: string | null };

function toAllotment(row: StoredAllotment): PublishedAllotment {
  return { ...row, cap: BigInt(row.cap), pricePerGiB: BigInt(row.pricePerGiB), infoHash: `0x${row.infoHash}` };
}

function toLive({ cap, paid, ...lane }: StoredLive): LiveLane {
  const open = BigInt(cap) - BigInt(paid ?? 0);
  return { ...lane, open: open > 0n ? open : 0n };
}

/** The terms of a line, as they are signed. */
export function termsOf(
  line: Omit<AllotmentTerms, "cap" | "pricePerGiB"> & { readonly cap: string; readonly pricePerGiB: string },
): AllotmentTerms {
  const { payer, payee, sessionKey, payeeKey, lane, credit, expiresAt } = line;
  const [cap, pricePerGiB] = [BigInt(line.cap), BigInt(line.pricePerGiB)];
  const infoHash = `0x${line.infoHash}`;
  return { payer, payee, sessionKey, payeeKey, lane, cap, pricePerGiB, credit, infoHash, expiresAt };
}

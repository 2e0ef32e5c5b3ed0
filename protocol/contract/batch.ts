import { bytesToHex, concatBytes, type Hex, hexToBytes, readUint, writeUint } from "../base/bytes.ts";
import { InputError } from "../base/errors.ts";
import { keccak256 } from "../base/hashes.ts";
import type { Address } from "../base/ids.ts";
import { SIGNATURE_BYTES, type Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import type { SignedStatement } from "../signed/statement.ts";
import { uintWord } from "../signed/typed-data.ts";
import { merkleRoot } from "./merkle.ts";

/** What a batch says of itself. */
export interface BatchHead {
  /** Hash of the authority's audit bundle for this batch; zero if none. */
  readonly bundleHash: Hex;
  /** Last second since 1970 in which the contract takes the batch, below 2^40. */
  readonly validUntil: number;
}

/** What `settle(bytes)` takes. Mirror of contracts/libraries/settlement/BatchReader.sol. */
export interface Batch extends BatchHead {
  /**
   * Version 1: each row brings its voucher's signature. Version 2: one signature for all rows of a
   * group.
   */
  readonly kind: "vouchers" | "statements";
  /** Strictly ascending. */
  readonly payees: readonly Address[];
  readonly groups: readonly BatchGroup[];
}

export interface BatchGroup {
  readonly payer: Address;
  readonly sessionKey: Address;
  /** Of the statement; null in a batch of vouchers. */
  readonly signature: Signature | null;
  /** 1 to 255 rows, lanes strictly ascending. */
  readonly rows: readonly BatchRow[];
}

export interface BatchRow {
  readonly payeeIndex: number;
  readonly lane: number;
  readonly amount: Amount;
  /** Of the voucher; null in a batch of statements. */
  readonly signature: Signature | null;
}

/** A lane with its highest voucher, as the planner hands it to `buildBatch`. */
export interface SettleableLane {
  readonly payer: Address;
  readonly payee: Address;
  readonly sessionKey: Address;
  readonly lane: number;
  readonly amount: Amount;
  readonly signature: Signature;
}

const VERSIONS = { vouchers: 1, statements: 2 } as const;
const LANE_BYTES = 2 + 4 + 12;
const MAX_GROUP_ROWS = 255;
const HEADER_BYTES = 1 + 32 + 5 + 2;

/** Lanes in the order of their rows, so that equal sets of lanes give equal batches. */
export function inRowOrder<L extends Pick<SettleableLane, "payer" | "sessionKey" | "lane">>(lanes: readonly L[]): L[] {
  return lanes.toSorted((a, b) => compare(sessionOf(a), sessionOf(b)) || a.lane - b.lane);
}

/** Groups lanes by payer and session key. */
export function buildBatch(head: BatchHead, lanes: readonly SettleableLane[]): Batch {
  const { payees, indexOf } = payeeTable(lanes);
  const groups: BatchGroup[] = [];
  for (const members of Map.groupBy(inRowOrder(lanes), sessionOf).values()) {
    for (let start = 0; start < members.length; start += MAX_GROUP_ROWS) {
      const rows = members.slice(start, start + MAX_GROUP_ROWS).map((lane) => ({
        payeeIndex: indexOf.get(lane.payee) ?? 0,
        lane: lane.lane,
        amount: lane.amount,
        signature: lane.signature,
      }));
      const first = members[start] as SettleableLane;
      groups.push({ payer: first.payer, sessionKey: first.sessionKey, signature: null, rows });
    }
  }
  return { kind: "vouchers", ...head, payees, groups };
}

/** Statements in the order of their groups, so that equal sets of statements give equal batches. */
export function inGroupOrder<S extends SignedStatement>(statements: readonly S[]): S[] {
  const firstLane = ({ lanes }: S): number => lanes[0]?.lane ?? 0;
  return statements.toSorted((a, b) => compare(sessionOf(a), sessionOf(b)) || firstLane(a) - firstLane(b));
}

/** One group for each statement. */
export function buildStatementBatch(head: BatchHead, statements: readonly SignedStatement[]): Batch {
  const { payees, indexOf } = payeeTable(statements.flatMap(({ lanes }) => lanes));
  const groups = inGroupOrder(statements).map(({ payer, sessionKey, signature, lanes }): BatchGroup => {
    const rows = lanes.map(({ payee, lane, amount }) => ({
      payeeIndex: indexOf.get(payee) ?? 0,
      lane,
      amount,
      signature: null,
    }));
    return { payer, sessionKey, signature, rows };
  });
  return { kind: "statements", ...head, payees, groups };
}

function sessionOf({ payer, sessionKey }: { readonly payer: Address; readonly sessionKey: Address }): string {
  return payer + sessionKey;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function payeeTable(lanes: readonly { readonly payee: Address }[]) {
  const payees = [...new Set(lanes.map(({ payee }) => payee))].sort();
  return { payees, indexOf: new Map(payees.map((payee, index) => [payee, index])) };
}

export function encodeBatch(batch: Batch): Uint8Array {
  return concatBytes(encodeBatchHeader(batch), ...batch.groups.map(encodeBatchGroup));
}

/** @throws {InputError} BATCH_INVALID */
export function decodeBatch(bytes: Uint8Array): Batch {
  const reader = new Reader(bytes);
  const kind = kindOf(reader.number(1));
  const bundleHash = bytesToHex(reader.take(32));
  const validUntil = reader.number(5);
  const payees = Array.from({ length: reader.number(2) }, () => bytesToHex(reader.take(20)));
  if (!isAscending([NOBODY, ...payees])) throw invalid("payees are not strictly ascending from 1");
  const groups: BatchGroup[] = [];
  while (!reader.isAtEnd()) {
    const payer = bytesToHex(reader.take(20));
    const sessionKey = bytesToHex(reader.take(20));
    const count = reader.number(1);
    if (count === 0) throw invalid("empty group");
    const signature = kind === "statements" ? reader.take(SIGNATURE_BYTES).slice() : null;
    const rows = Array.from({ length: count }, () => ({
      payeeIndex: reader.number(2),
      lane: reader.number(4),
      amount: readUint(reader.take(12), 0, 12),
      signature: kind === "vouchers" ? reader.take(SIGNATURE_BYTES).slice() : null,
    }));
    if (rows.some((row) => row.payeeIndex >= payees.length)) throw invalid("payee index out of range");
    if (!isAscending(rows.map((row) => row.lane))) throw invalid("lanes are not strictly ascending");
    groups.push({ payer, sessionKey, signature, rows });
  }
  if (groups.length === 0) throw invalid("no group");
  return { kind, bundleHash, validUntil, payees, groups };
}

/** The contract's `outcomeHash[n]`; `paid[g]` has bit i set when row i of group g was paid. */
export function hashOutcome(batch: Batch, paid: readonly bigint[]): Hex {
  return bytesToHex(merkleRoot(outcomeLeaves(batch, paid)));
}

/**
 * A leaf for each group: keccak256(payer, keccak256 of its rows, bitmap of the rows that paid), 32
 * bytes each.
 */
export function outcomeLeaves(batch: Batch, paid: readonly bigint[]): Uint8Array[] {
  return batch.groups.map((group, index) => {
    const payer = concatBytes(new Uint8Array(12), hexToBytes(group.payer));
    return keccak256(concatBytes(payer, keccak256(resolvedRows(batch, group)), uintWord(paid[index] ?? 0n)));
  });
}

/**
 * payee (20) | lane (4) | amount (12) of each row: what a statement signs, and what evidence shows.
 */
export function resolvedRows(batch: Batch, group: BatchGroup): Uint8Array {
  return concatBytes(
    ...group.rows.map(({ payeeIndex, lane, amount }) => {
      const bytes = new Uint8Array(36);
      bytes.set(hexToBytes(batch.payees[payeeIndex] as Address), 0);
      writeUint(bytes, 20, 4, lane);
      writeUint(bytes, 24, 12, amount);
      return bytes;
    }),
  );
}

function encodeBatchHeader(batch: Batch): Uint8Array {
  const head = new Uint8Array(HEADER_BYTES);
  head[0] = VERSIONS[batch.kind];
  head.set(hexToBytes(batch.bundleHash), 1);
  writeUint(head, 33, 5, batch.validUntil);
  writeUint(head, 38, 2, batch.payees.length);
  return concatBytes(head, ...batch.payees.map(hexToBytes));
}

function encodeBatchGroup(group: BatchGroup): Uint8Array {
  const head = concatBytes(hexToBytes(group.payer), hexToBytes(group.sessionKey), Uint8Array.of(group.rows.length));
  return concatBytes(head, group.signature ?? NOTHING, ...group.rows.flatMap(encodeRow));
}

function encodeRow({ payeeIndex, lane, amount, signature }: BatchRow): Uint8Array[] {
  const bytes = new Uint8Array(LANE_BYTES);
  writeUint(bytes, 0, 2, payeeIndex);
  writeUint(bytes, 2, 4, lane);
  writeUint(bytes, 6, 12, amount);
  return [bytes, signature ?? NOTHING];
}

const NOTHING = new Uint8Array();
const NOBODY: Address = `0x${"0".repeat(40)}`;

function kindOf(version: number): Batch["kind"] {
  if (version === VERSIONS.vouchers) return "vouchers";
  if (version === VERSIONS.statements) return "statements";
  throw invalid("unknown version");
}

class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    if (this.#offset + length > this.#bytes.length) throw invalid(`truncated at byte ${this.#bytes.length}`);
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  number(length: number): number {
    return Number(readUint(this.take(length), 0, length));
  }

  isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }
}

function isAscending<T extends string | number>(values: readonly T[]): boolean {
  return values.every((value, i) => i === 0 || (values[i - 1] as T) < value);
}

function invalid(what: string): InputError {
  return new InputError("BATCH_INVALID", `settlement batch: ${what}`);
}

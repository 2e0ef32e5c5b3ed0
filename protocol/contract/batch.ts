import { bytesToHex, concatBytes, type Hex, hexToBytes, readUint, writeUint } from "../base/bytes.ts";
import { InputError } from "../base/errors.ts";
import { keccak256 } from "../base/hashes.ts";
import type { Address } from "../base/ids.ts";
import { SIGNATURE_BYTES, type Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import type { SignedStatement } from "../signed/statement.ts";
import { uintWord } from "../signed/typed-data.ts";

/** What `settle(bytes)` takes. Mirror of contracts/libraries/BatchReader.sol. */
export interface Batch {
  /**
   * Version 1: each row brings its voucher's signature. Version 2: one signature for all rows of a
   * group.
   */
  readonly kind: "vouchers" | "statements";
  /** Hash of the authority's audit bundle for this batch; zero if none. */
  readonly bundleHash: Hex;
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
const HEADER_BYTES = 1 + 32 + 2;

/** Lanes in the order of their rows, so that equal sets of lanes give equal batches. */
export function inRowOrder<L extends Pick<SettleableLane, "payer" | "sessionKey" | "lane">>(lanes: readonly L[]): L[] {
  return lanes.toSorted((a, b) => compare(sessionOf(a), sessionOf(b)) || a.lane - b.lane);
}

/** Groups lanes by payer and session key. */
export function buildBatch(bundleHash: Hex, lanes: readonly SettleableLane[]): Batch {
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
  return { kind: "vouchers", bundleHash, payees, groups };
}

/** Statements in the order of their groups, so that equal sets of statements give equal batches. */
export function inGroupOrder<S extends SignedStatement>(statements: readonly S[]): S[] {
  const firstLane = ({ lanes }: S): number => lanes[0]?.lane ?? 0;
  return statements.toSorted((a, b) => compare(sessionOf(a), sessionOf(b)) || firstLane(a) - firstLane(b));
}

/** One group for each statement. */
export function buildStatementBatch(bundleHash: Hex, statements: readonly SignedStatement[]): Batch {
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
  return { kind: "statements", bundleHash, payees, groups };
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
  const payees = Array.from({ length: reader.number(2) }, () => bytesToHex(reader.take(20)));
  if (!isAscending(payees)) throw invalid("payees are not strictly ascending");
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
  return { kind, bundleHash, payees, groups };
}

/** The contract's `outcomeHash[n]`; `paid[g]` has bit i set when row i of group g was paid. */
export function hashOutcome(batch: Batch, paid: readonly bigint[]): Hex {
  let hash = keccak256(encodeBatchHeader(batch));
  batch.groups.forEach((group, index) => {
    hash = keccak256(concatBytes(hash, keccak256(encodeBatchGroup(group)), uintWord(paid[index] ?? 0n)));
  });
  return bytesToHex(hash);
}

/** The bytes before the first group. */
export function encodeBatchHeader(batch: Batch): Uint8Array {
  const head = new Uint8Array(HEADER_BYTES);
  head[0] = VERSIONS[batch.kind];
  head.set(hexToBytes(batch.bundleHash), 1);
  writeUint(head, 33, 2, batch.payees.length);
  return concatBytes(head, ...batch.payees.map(hexToBytes));
}

export function encodeBatchGroup(group: BatchGroup): Uint8Array {
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

import { bytesToHex, concatBytes, type Hex, hexToBytes, readUint, writeUint } from "./bytes.ts";
import { InputError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { keccak256 } from "./keccak.ts";
import { SIGNATURE_BYTES, type Signature } from "./secp256k1.ts";
import { uintWord } from "./typed-data.ts";
import type { Amount } from "./units.ts";

/** What `settle(bytes)` takes: version 1, vouchers. Mirror of contracts/libraries/BatchReader.sol. */
export interface Batch {
  /** Hash of T's audit bundle for this batch; zero if none. */
  readonly evidenceHash: Hex;
  /** Strictly ascending. */
  readonly payees: readonly Address[];
  readonly groups: readonly BatchGroup[];
}

export interface BatchGroup {
  readonly payer: Address;
  readonly sessionKey: Address;
  /** 1 to 255 rows, lanes strictly ascending. */
  readonly rows: readonly BatchRow[];
}

export interface BatchRow {
  readonly payeeIndex: number;
  readonly lane: number;
  readonly amount: Amount;
  readonly signature: Signature;
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

const BATCH_VERSION = 1;
const ROW_BYTES = 82;
const MAX_GROUP_ROWS = 255;
const HEADER_BYTES = 1 + 32 + 2;
const GROUP_HEADER_BYTES = 20 + 20 + 1;

/** Groups lanes by payer and session key in one canonical order, so that equal sets of lanes give equal batches. */
export function buildBatch(evidenceHash: Hex, lanes: readonly SettleableLane[]): Batch {
  const payees = [...new Set(lanes.map((lane) => lane.payee))].sort();
  const indexOf = new Map(payees.map((payee, index) => [payee, index]));
  const byKey = new Map<string, SettleableLane[]>();
  for (const lane of lanes) {
    const key = lane.payer + lane.sessionKey;
    byKey.set(key, [...(byKey.get(key) ?? []), lane]);
  }
  const groups: BatchGroup[] = [];
  for (const key of [...byKey.keys()].sort()) {
    const members = (byKey.get(key) ?? []).sort((a, b) => a.lane - b.lane);
    for (let start = 0; start < members.length; start += MAX_GROUP_ROWS) {
      const rows = members.slice(start, start + MAX_GROUP_ROWS).map((lane) => ({
        payeeIndex: indexOf.get(lane.payee) ?? 0,
        lane: lane.lane,
        amount: lane.amount,
        signature: lane.signature,
      }));
      const first = members[start] as SettleableLane;
      groups.push({ payer: first.payer, sessionKey: first.sessionKey, rows });
    }
  }
  return { evidenceHash, payees, groups };
}

export function encodeBatch(batch: Batch): Uint8Array {
  return concatBytes(encodeHeader(batch), ...batch.groups.map(encodeGroup));
}

/** @throws {InputError} BATCH_INVALID */
export function decodeBatch(bytes: Uint8Array): Batch {
  const reader = new Reader(bytes);
  if (reader.number(1) !== BATCH_VERSION) throw invalid("unknown version");
  const evidenceHash = bytesToHex(reader.take(32));
  const payees = Array.from({ length: reader.number(2) }, () => bytesToHex(reader.take(20)));
  if (!isAscending(payees)) throw invalid("payees are not strictly ascending");
  const groups: BatchGroup[] = [];
  while (!reader.isAtEnd()) {
    const payer = bytesToHex(reader.take(20));
    const sessionKey = bytesToHex(reader.take(20));
    const count = reader.number(1);
    if (count === 0) throw invalid("empty group");
    const rows = Array.from({ length: count }, () => ({
      payeeIndex: reader.number(2),
      lane: reader.number(4),
      amount: readUint(reader.take(12), 0, 12),
      signature: reader.take(SIGNATURE_BYTES).slice(),
    }));
    if (rows.some((row) => row.payeeIndex >= payees.length)) throw invalid("payee index out of range");
    if (!isAscending(rows.map((row) => row.lane))) throw invalid("lanes are not strictly ascending");
    groups.push({ payer, sessionKey, rows });
  }
  if (groups.length === 0) throw invalid("no group");
  return { evidenceHash, payees, groups };
}

/** The contract's `outcomeHash[n]`; `paid[g]` has bit i set when row i of group g was paid. */
export function hashOutcome(batch: Batch, paid: readonly bigint[]): Hex {
  let hash = keccak256(encodeHeader(batch));
  batch.groups.forEach((group, index) => {
    hash = keccak256(concatBytes(hash, keccak256(encodeGroup(group)), uintWord(paid[index] ?? 0n)));
  });
  return bytesToHex(hash);
}

function encodeHeader(batch: Batch): Uint8Array {
  const head = new Uint8Array(HEADER_BYTES);
  head[0] = BATCH_VERSION;
  head.set(hexToBytes(batch.evidenceHash), 1);
  writeUint(head, 33, 2, batch.payees.length);
  return concatBytes(head, ...batch.payees.map(hexToBytes));
}

function encodeGroup(group: BatchGroup): Uint8Array {
  const bytes = new Uint8Array(GROUP_HEADER_BYTES + ROW_BYTES * group.rows.length);
  bytes.set(hexToBytes(group.payer), 0);
  bytes.set(hexToBytes(group.sessionKey), 20);
  bytes[40] = group.rows.length;
  group.rows.forEach((row, index) => {
    const offset = GROUP_HEADER_BYTES + ROW_BYTES * index;
    writeUint(bytes, offset, 2, row.payeeIndex);
    writeUint(bytes, offset + 2, 4, row.lane);
    writeUint(bytes, offset + 6, 12, row.amount);
    bytes.set(row.signature, offset + 18);
  });
  return bytes;
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

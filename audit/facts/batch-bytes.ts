import { checksummed } from "./checksum.ts";
import type { Address, Hex } from "./primitives.ts";

export interface BatchRow {
  /** Counted from 0 over all groups, as `RowsSkipped` counts. */
  readonly index: number;
  readonly payee: Address;
  readonly lane: number;
  readonly amount: bigint;
  /** 64 bytes r, vs of the voucher; null in a batch of statements. */
  readonly signature: Hex | null;
}

export interface BatchGroup {
  readonly payer: Address;
  readonly sessionKey: Address;
  /** 64 bytes r, vs of the statement over all rows; null in a batch of vouchers. */
  readonly signature: Hex | null;
  readonly rows: readonly BatchRow[];
}

export interface Batch {
  readonly bundleHash: Hex;
  /** Last second since 1970 in which the contract takes the batch. */
  readonly validUntil: number;
  readonly payees: readonly Address[];
  readonly groups: readonly BatchGroup[];
}

const VOUCHERS = 1;
const STATEMENTS = 2;
const HEADER_BYTES = 1 + 32 + 5 + 2;
const GROUP_HEADER_BYTES = 20 + 20 + 1;
const LANE_BYTES = 2 + 4 + 12;
const SIGNATURE_BYTES = 32 + 32;

/**
 * Reads the packed bytes of `settle(bytes)`, big endian. A string says why the contract would
 * refuse them.
 */
export function readBatch(bytes: Hex): Batch | string {
  try {
    return parse(new Bytes(bytes));
  } catch (error) {
    if (error instanceof LayoutError) return error.message;
    throw error;
  }
}

class LayoutError extends Error {}

class Bytes {
  readonly #digits: string;
  readonly length: number;

  /** Lower-case digits. */
  constructor(hex: Hex) {
    this.#digits = hex.slice(2);
    this.length = this.#digits.length / 2;
  }

  hex(offset: number, count: number): Hex {
    return `0x${this.#take(offset, count)}`;
  }

  number(offset: number, count: number): number {
    return Number.parseInt(this.#take(offset, count), 16);
  }

  amount(offset: number): bigint {
    return BigInt(this.hex(offset, 12));
  }

  address(offset: number): Address {
    return checksummed(this.#take(offset, 20));
  }

  #take(offset: number, count: number): string {
    const end = offset + count;
    if (end > this.length) throw new LayoutError(`it ends at byte ${this.length}, before byte ${end}`);
    return this.#digits.slice(2 * offset, 2 * end);
  }
}

function parse(bytes: Bytes): Batch {
  const version = bytes.number(0, 1);
  if (version !== VOUCHERS && version !== STATEMENTS) throw new LayoutError(`its version is ${version}, not 1 or 2`);
  const payeeCount = bytes.number(38, 2);
  const groupsOffset = HEADER_BYTES + 20 * payeeCount;
  const payees = Array.from({ length: payeeCount }, (_, i) => bytes.address(HEADER_BYTES + 20 * i));
  if (!isAscending([0n, ...payees.map((payee) => BigInt(payee))]))
    throw new LayoutError("its payees do not ascend from address 1");
  if (groupsOffset === bytes.length) throw new LayoutError("it has no group");

  const groups: BatchGroup[] = [];
  let index = 0;
  for (let offset = groupsOffset; offset < bytes.length; ) {
    const { group, end } = parseGroup(bytes, offset, version, payees, index);
    groups.push(group);
    index += group.rows.length;
    offset = end;
  }
  return { bundleHash: bytes.hex(1, 32), validUntil: bytes.number(33, 5), payees, groups };
}

function parseGroup(
  bytes: Bytes,
  offset: number,
  version: typeof VOUCHERS | typeof STATEMENTS,
  payees: readonly Address[],
  firstIndex: number,
): { readonly group: BatchGroup; readonly end: number } {
  const [groupSignatureBytes, rowSignatureBytes] = version === STATEMENTS ? [SIGNATURE_BYTES, 0] : [0, SIGNATURE_BYTES];
  const rowCount = bytes.number(offset + 40, 1);
  if (rowCount === 0) throw new LayoutError(`the group at byte ${offset} has no row`);
  const rowsOffset = offset + GROUP_HEADER_BYTES + groupSignatureBytes;
  const rowBytes = LANE_BYTES + rowSignatureBytes;
  const rows = Array.from({ length: rowCount }, (_, i): BatchRow => {
    const start = rowsOffset + rowBytes * i;
    const payee = payees[bytes.number(start, 2)];
    if (payee === undefined) throw new LayoutError(`row ${firstIndex + i} points behind the payee table`);
    return {
      index: firstIndex + i,
      payee,
      lane: bytes.number(start + 2, 4),
      amount: bytes.amount(start + 6),
      signature: rowSignatureBytes === 0 ? null : bytes.hex(start + LANE_BYTES, SIGNATURE_BYTES),
    };
  });
  if (!isAscending(rows.map((row) => row.lane))) {
    throw new LayoutError(`the lanes of the group at byte ${offset} do not ascend`);
  }
  const group: BatchGroup = {
    payer: bytes.address(offset),
    sessionKey: bytes.address(offset + 20),
    signature: groupSignatureBytes === 0 ? null : bytes.hex(offset + GROUP_HEADER_BYTES, SIGNATURE_BYTES),
    rows,
  };
  return { group, end: rowsOffset + rowBytes * rowCount };
}

function isAscending<T extends bigint | number>(values: readonly T[]): boolean {
  return values.every((value, i) => i === 0 || (values[i - 1] as T) < value);
}

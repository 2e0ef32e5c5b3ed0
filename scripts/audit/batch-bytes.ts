import { getAddress, getBytes, hexlify, toBigInt } from "ethers";
import type { Address, Hex } from "./facts.ts";

export interface BatchRow {
  /** Counted from 0 over all groups, as `RowSkipped` counts. */
  readonly index: number;
  readonly payee: Address;
  readonly lane: number;
  readonly amount: bigint;
  /** 64 bytes r, vs. */
  readonly signature: Hex;
}

export interface BatchGroup {
  readonly payer: Address;
  readonly sessionKey: Address;
  readonly rows: readonly BatchRow[];
  /** The group as it stands in the batch. */
  readonly bytes: Hex;
}

export interface Batch {
  readonly evidenceHash: Hex;
  readonly payees: readonly Address[];
  readonly groups: readonly BatchGroup[];
  /** All that stands before the first group. */
  readonly header: Hex;
}

const VERSION = 1;
const HEADER_BYTES = 1 + 32 + 2;
const GROUP_HEADER_BYTES = 20 + 20 + 1;
const ROW_BYTES = 2 + 4 + 12 + 32 + 32;

/** Reads the packed bytes of `settle(bytes)`, big endian. Returns one sentence instead when the contract would refuse them. */
export function readBatch(bytes: Hex): Batch | string {
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof LayoutError) return error.message;
    throw error;
  }
}

class LayoutError extends Error {}

function parse(hex: Hex): Batch {
  const bytes = getBytes(hex);
  const take = (offset: number, count: number): Uint8Array => {
    const end = offset + count;
    if (end > bytes.length) throw new LayoutError(`it ends at byte ${bytes.length}, before byte ${end}`);
    return bytes.subarray(offset, end);
  };
  const number = (offset: number, count: number): number => Number(toBigInt(take(offset, count)));
  const address = (offset: number): Address => getAddress(hexlify(take(offset, 20)));

  const version = number(0, 1);
  if (version !== VERSION) throw new LayoutError(`its version is ${version}, not ${VERSION}`);
  const groupsOffset = HEADER_BYTES + 20 * number(33, 2);
  const header = hexlify(take(0, groupsOffset));
  const payees = Array.from({ length: number(33, 2) }, (_, i) => address(HEADER_BYTES + 20 * i));
  if (!isAscending(payees.map(toBigInt))) throw new LayoutError("its payees do not ascend");
  if (groupsOffset === bytes.length) throw new LayoutError("it has no group");

  const groups: BatchGroup[] = [];
  let index = 0;
  for (let offset = groupsOffset; offset < bytes.length; ) {
    const rowCount = number(offset + 40, 1);
    if (rowCount === 0) throw new LayoutError(`the group at byte ${offset} has no row`);
    const group = take(offset, GROUP_HEADER_BYTES + ROW_BYTES * rowCount);
    const rows = Array.from({ length: rowCount }, (_, i) => {
      const start = offset + GROUP_HEADER_BYTES + ROW_BYTES * i;
      const payee = payees[number(start, 2)];
      if (payee === undefined) throw new LayoutError(`row ${index} points behind the payee table`);
      return {
        index: index++,
        payee,
        lane: number(start + 2, 4),
        amount: toBigInt(take(start + 6, 12)),
        signature: hexlify(take(start + 18, 64)),
      };
    });
    if (!isAscending(rows.map((row) => BigInt(row.lane)))) {
      throw new LayoutError(`the lanes of the group at byte ${offset} do not ascend`);
    }
    groups.push({ payer: address(offset), sessionKey: address(offset + 20), rows, bytes: hexlify(group) });
    offset += group.length;
  }
  return { evidenceHash: hexlify(take(1, 32)), payees, groups, header };
}

function isAscending(values: readonly bigint[]): boolean {
  return values.every((value, i) => i === 0 || (values[i - 1] as bigint) < value);
}

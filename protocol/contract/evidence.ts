import { bytesToHex, type Hex } from "../base/bytes.ts";
import { InputError } from "../base/errors.ts";
import type { Address } from "../base/ids.ts";
import { type Batch, outcomeLeaves, resolvedRows } from "./batch.ts";
import { merkleProof } from "./merkle.ts";

/**
 * Why a lane that is used up still owes a payee something: last argument of `claimWithEvidence`.
 */
export interface Evidence {
  /** The payee whose claim has used it up; zero when a batch has. */
  readonly claimant: Address;
  /** The contract's number of the batch. */
  readonly batch: bigint;
  /** payee (20) | lane (4) | amount (12) of each row of the group that paid. */
  readonly rows: Hex;
  /** Bit i says that row i paid. */
  readonly paidRows: bigint;
  /** From the group's leaf to the batch's outcome hash, 32 bytes each. */
  readonly proof: readonly Hex[];
}

const NOBODY: Address = `0x${"0".repeat(40)}`;

/** The lane was used up by a claim of `claimant`, so no batch ever paid on it. */
export function claimEvidence(claimant: Address): Evidence {
  return { claimant, batch: 0n, rows: "0x", paidRows: 0n, proof: [] };
}

/**
 * What batch `number` paid on a lane. `paid[g]` has bit i set when row i of group g was paid.
 * @throws {InputError} EVIDENCE_IRRELEVANT when it paid nothing there
 */
export function batchEvidence(
  number: number,
  batch: Batch,
  paid: readonly bigint[],
  { payer, lane }: { readonly payer: Address; readonly lane: number },
): Evidence {
  const index = batch.groups.findIndex(
    (group, g) =>
      group.payer === payer && group.rows.some((row, i) => row.lane === lane && ((paid[g] ?? 0n) >> BigInt(i)) & 1n),
  );
  const group = batch.groups[index];
  if (!group) throw new InputError("EVIDENCE_IRRELEVANT", `batch ${number} paid nothing on lane ${lane} of ${payer}`);
  return {
    claimant: NOBODY,
    batch: BigInt(number),
    rows: bytesToHex(resolvedRows(batch, group)),
    paidRows: paid[index] ?? 0n,
    proof: merkleProof(outcomeLeaves(batch, paid), index).map(bytesToHex),
  };
}

/**
 * Bitmaps of the rows that a batch paid, one for each group, from the numbers of the rows it
 * skipped.
 */
export function paidRowsOf(batch: Batch, skipped: ReadonlySet<number>): bigint[] {
  let first = 0;
  return batch.groups.map(({ rows }) => {
    const bits = rows.reduce((sum, _, i) => (skipped.has(first + i) ? sum : sum | (1n << BigInt(i))), 0n);
    first += rows.length;
    return bits;
  });
}

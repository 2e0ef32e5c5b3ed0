import { decodeFunctionData, type Hex } from "viem";
import { hexToBytes } from "../../protocol/base/bytes.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type Batch, decodeBatch, hashOutcome } from "../../protocol/contract/batch.ts";
import { paidRowsOf } from "../../protocol/contract/evidence.ts";

/** A batch as the chain shows it, checked against the hash that the contract keeps of it. Pure. */
export interface SettledBatch {
  readonly number: number;
  readonly batch: Batch;
  /** Bitmap of the rows that paid, for each group. */
  readonly paidRows: readonly bigint[];
}

/** What the events of one transaction say about one batch. */
export interface BatchEvents {
  readonly number: number;
  readonly outcomeHash: Hex;
  /** Rows that paid nothing, counted over all groups. */
  readonly skipped: ReadonlySet<number>;
}

/**
 * The batches in the calldata of a call of the contract, in order: `settle` itself, or within
 * `multicall`.
 */
export function batchesInCall(data: Hex): Hex[] {
  const { functionName, args } = decodeCall(data);
  if (functionName === "settle") return [args[0] as Hex];
  if (functionName === "multicall") return (args[0] as readonly Hex[]).flatMap(batchesInCall);
  return [];
}

/**
 * Finds the bytes of each batch among those of its transaction; one whose bytes are not there is
 * left out.
 */
export function matchBatches(events: readonly BatchEvents[], bytes: readonly Hex[]): SettledBatch[] {
  const batches = bytes.map((one) => decodeBatch(hexToBytes(one)));
  return events.flatMap(({ number, outcomeHash, skipped }) => {
    for (const batch of batches) {
      const paidRows = paidRowsOf(batch, skipped);
      if (hashOutcome(batch, paidRows) === outcomeHash) return [{ number, batch, paidRows }];
    }
    return [];
  });
}

function decodeCall(data: Hex): { readonly functionName: string; readonly args: readonly unknown[] } {
  try {
    const { functionName, args } = decodeFunctionData({ abi: floodgateAbi, data });
    return { functionName, args: args ?? [] };
  } catch {
    // A call that this version does not know settles nothing.
    return { functionName: "", args: [] };
  }
}

import type { Batch } from "../../protocol/contract/batch.ts";

/** In the order in which the contract counts them. */
export function rowsOf(batch: Batch): { payer: string; lane: number; amount: bigint }[] {
  return batch.groups.flatMap(({ payer, rows }) => rows.map(({ lane, amount }) => ({ payer, lane, amount })));
}

export function keyOf({ payer, lane }: { readonly payer: string; readonly lane: number }): string {
  return `${payer} ${lane}`;
}

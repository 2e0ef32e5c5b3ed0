import { AuthorityClient } from "../../client/authority-client.ts";
import type { Amount } from "../../protocol/base/units.ts";

/** Sums over the authority's final batches. Base units; gas. */
export interface BatchTotals {
  readonly count: number;
  readonly vouchers: number;
  readonly statements: number;
  readonly fee: Amount;
  readonly gasUsed: Amount;
}

/** What the authority says of them. */
export async function readBatches(apiUrl: string): Promise<BatchTotals> {
  const batches = (await new AuthorityClient({ url: apiUrl }).batches()).filter((batch) => batch.state === "final");
  const rows = (of: typeof batches): number => of.reduce((sum, batch) => sum + batch.rows - batch.skipped, 0);
  return {
    count: batches.length,
    vouchers: rows(batches),
    statements: rows(batches.filter(({ kind }) => kind === "statements")),
    fee: batches.reduce((sum, batch) => sum + BigInt(batch.fee), 0n),
    gasUsed: batches.reduce((sum, batch) => sum + BigInt(batch.gasUsed ?? 0), 0n),
  };
}

/** What an audit leaves open, in words: once each, not per row. */

export const WITHOUT_BUNDLES =
  "T's audit bundles were not read (--evidence): whether allotments were within deposits and limits, lanes given once, and vouchers settled in full and in time";
export const WITHOUT_VOUCHERS = "no payee's vouchers were given (--vouchers): whether T kept what it gave receipts for";
export const WITHOUT_CONTENTS =
  "the sizes of contents are not known: whether the credit of accounts was within 8 pieces or a quarter of a content";
export const UNUSED_RELEASES = "releases that T signed and nobody used: allotments are held to deposits without them";

export function unnamedBatches(count: number): string {
  return `${count} batches from before T's first audit bundle: what they left out, and whether their lanes were allotted`;
}

export function missingBundles(count: number): string {
  return `${count} audit bundles could not be used: what they alone would have shown, and what depends on all bundles`;
}

export function tooLate(count: number): string {
  return `${count} allotments were published only after this audit had gone past their blocks: whether they were covered`;
}

export function unnoted(count: number): string {
  return `${count} allotments from before T noted their blocks: whether they were signed, timed and covered as they must be`;
}

export function smallReceipts(count: number): string {
  return `${count} receipts for less than any row that a batch has settled: whether they were too small for one is not known`;
}

export function dust(count: number, sum: string): string {
  return `${count} vouchers, together ${sum}, were left out as too small for a row: T's smallest row is not on the chain`;
}

export function problemsUnkept(count: number): string {
  return `${count} more mismatches within the bundles themselves were counted and not listed`;
}

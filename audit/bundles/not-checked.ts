/** What an audit leaves open. Each is said once, not per row. */

export const WITHOUT_BUNDLES =
  "the authority's bundles were not read (--bundles): whether allotments were within deposits and limits, lanes given once, and vouchers settled in full and in time";
export const WITHOUT_VOUCHERS =
  "no payee's vouchers were given (--vouchers): whether the authority honoured its receipts";
export const WITHOUT_CONTENTS =
  "the sizes of contents are not known (--torrents): whether the credit of accounts was within 8 pieces or a quarter of a content";
export const UNUSED_RELEASES =
  "releases that the authority signed and nobody used: allotments are compared with deposits as if there were none";

export function unnamedBatches(count: number): string {
  return `${count} batches from before the authority's first bundle: what they left out, and whether their lanes were allotted`;
}

export function missingBundles(count: number): string {
  return `${count} bundles could not be used: what they alone would have shown, and what depends on all bundles`;
}

export function tooLate(count: number): string {
  return `${count} allotments were published after this audit had passed their blocks: whether they were covered`;
}

export function unnoted(count: number): string {
  return `${count} allotments from before the authority noted their blocks: whether they were signed, timed and covered as they must be`;
}

export function smallReceipts(count: number): string {
  return `${count} receipts for less than any row that a batch has settled: whether they were too small for a row`;
}

export function dust(count: number, sum: string): string {
  return `${count} vouchers, together ${sum}, were left out as too small for a row: the authority's smallest row is not on the chain`;
}

export function problemsUnkept(count: number): string {
  return `${count} more mismatches within the bundles were counted and not listed`;
}

export function unsignedListings(count: number): string {
  return `${count} listings are signed by no key of their publisher, or by a wallet with code: what they say of shares`;
}

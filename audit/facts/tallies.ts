/** What a history contains. Amounts are base units. */
export interface Tallies {
  transactions: number;
  batches: number;
  rows: number;
  rowsPaid: number;
  rowsSkipped: number;
  /** Rows with a voucher of their own, and statements, each of which covers all rows of a group. */
  vouchers: number;
  statements: number;
  signaturesChecked: number;
  /** Those that ethers has checked as well. */
  signaturesCheckedTwice: number;
  /** Gross, fees included. */
  settled: bigint;
  fees: bigint;
  claims: number;
  claimsWithEvidence: number;
  claimed: bigint;
  /** Part of `claimed` that the bond paid. */
  claimedFromBond: bigint;
  /** Claims on lanes that a batch had settled with less than the payer had signed. */
  claimsAfterSettlement: number;
  /** Part of `claimed` that those paid. */
  claimedAfterSettlement: bigint;
  deposited: bigint;
  /** After the delay. */
  withdrawn: bigint;
  /** At once. */
  releases: number;
  released: bigint;
  bondDeposited: bigint;
  bondWithdrawn: bigint;
}

export function emptyTallies(): Tallies {
  return {
    transactions: 0,
    batches: 0,
    rows: 0,
    rowsPaid: 0,
    rowsSkipped: 0,
    vouchers: 0,
    statements: 0,
    signaturesChecked: 0,
    signaturesCheckedTwice: 0,
    settled: 0n,
    fees: 0n,
    claims: 0,
    claimsWithEvidence: 0,
    claimed: 0n,
    claimedFromBond: 0n,
    claimsAfterSettlement: 0,
    claimedAfterSettlement: 0n,
    deposited: 0n,
    withdrawn: 0n,
    releases: 0,
    released: 0n,
    bondDeposited: 0n,
    bondWithdrawn: 0n,
  };
}

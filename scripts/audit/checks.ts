/** What a mismatch means: money may be in wrong hands; the books are wrong; a record is inexact. */
export type Severity = "critical" | "major" | "minor";

interface Check {
  readonly number: number;
  readonly severity: Severity;
  readonly sentence: string;
}

/** Every check of the audit. Numbers are stable: reports of different days can be compared. */
export const CHECKS = {
  operator: { number: 1, severity: "critical", sentence: "Every batch was sent by the operator of that time." },
  "batch-calldata": {
    number: 2,
    severity: "major",
    sentence: "Every batch's calldata has the layout that the contract takes, and batches are numbered without a gap.",
  },
  "row-signature": {
    number: 3,
    severity: "critical",
    sentence: "Every paid row carries the canonical signature of its session key over payer, payee, lane and amount.",
  },
  "row-session": {
    number: 4,
    severity: "critical",
    sentence: "Every paid row's session key was authorized by the payer, and alive until its end plus CW.",
  },
  "row-covered": {
    number: 5,
    severity: "critical",
    sentence: "Every paid row was within the payer's balance and the session's limit.",
  },
  "row-lane": { number: 6, severity: "critical", sentence: "No lane was paid twice." },
  "row-payee": { number: 7, severity: "critical", sentence: "No row paid address 0 or the payer itself." },
  "row-skipped": {
    number: 8,
    severity: "major",
    sentence: "Every skipped row had to be skipped, for the reason that the contract gave.",
  },
  "batch-totals": {
    number: 9,
    severity: "major",
    sentence: "Every batch's debits, credits and total are the sums of its paid rows.",
  },
  "outcome-hash": {
    number: 10,
    severity: "major",
    sentence: "Every batch's outcome hash folds its calldata with the rows that paid.",
  },
  fee: {
    number: 11,
    severity: "critical",
    sentence: "Fees are the announced part of each row, rounded down, and changes were announced A + CW before.",
  },
  "claim-allotment": {
    number: 12,
    severity: "critical",
    sentence: "Every claim carries an allotment signed by an allotter that was valid then.",
  },
  "claim-voucher": {
    number: 13,
    severity: "critical",
    sentence: "Every claim carries a voucher signed by the session key that the allotment names.",
  },
  "claim-terms": {
    number: 14,
    severity: "critical",
    sentence: "Every claim came in time, on a free lane, and paid what voucher, cap, balance and limit allow.",
  },
  "session-authorization": {
    number: 15,
    severity: "critical",
    sentence: "Every session was authorized, and ended, by the account's wallet; limits and ends only rise.",
  },
  "withdrawal-request": {
    number: 16,
    severity: "critical",
    sentence: "Every withdrawal was asked for by the account's wallet, within its balance, with the full delay.",
  },
  withdrawal: {
    number: 17,
    severity: "critical",
    sentence: "Every withdrawal left after the delay, to the right recipient, and was what was asked for.",
  },
  "token-flow": {
    number: 18,
    severity: "critical",
    sentence: "Every deposit brought its tokens, and no token left but by a withdrawal.",
  },
  balance: { number: 19, severity: "critical", sentence: "Every account in the contract equals its replay." },
  session: { number: 20, severity: "major", sentence: "Every session in the contract equals its replay." },
  "claimed-lanes": {
    number: 21,
    severity: "major",
    sentence: "What claims paid on each lane equals the contract's record.",
  },
  "contract-state": {
    number: 22,
    severity: "major",
    sentence: "Batch count, outcome hashes, operator, allotters and fee in the contract equal their replay.",
  },
  conservation: {
    number: 23,
    severity: "critical",
    sentence: "The contract holds at least the tokens that it owes: the sum of all balances.",
  },
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof CHECKS;

/** One mismatch. Plain JSON: amounts are decimal strings of base units. */
export interface Finding {
  readonly check: number;
  readonly name: CheckName;
  readonly severity: Severity;
  readonly sentence: string;
  /** Null when the contract's state at the last block is compared. */
  readonly block: number | null;
  readonly tx: string | null;
  readonly batch?: number;
  readonly row?: number;
  readonly account?: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** What the audit could not see, and so does not vouch for. */
export interface NotChecked {
  readonly sentence: string;
  readonly block: number | null;
  readonly tx: string | null;
}

export type FindingDetails = Pick<Finding, "batch" | "row" | "account" | "expected" | "actual">;

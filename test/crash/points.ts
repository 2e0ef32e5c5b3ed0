/** Where the authority dies, by the statement of its store that makes the step. */
export const CRASH_POINTS = {
  registration: 'insert into "accounts"',
  deposit: 'insert into "deposits"',
  "funding of a deposit": 'update "deposits" set "state"',
  allotment: 'insert into "lanes"',
  intake: "update lanes set amount[^]*voucherSignature",
  statement: 'insert into "statements"',
  settlement: 'insert into "batches"',
  bundle: 'insert into "bundles"',
  "outcome of a batch": 'update "batches" set "number"',
  claim: 'insert into "claims"',
  release: 'insert into "withdrawals"',
  "signing of a transaction": 'insert into "attempts"',
  "end of a transaction": 'update "transactions" set "state" = \\?, "block"',
} as const;
export type CrashPoint = keyof typeof CRASH_POINTS;

export const MOMENTS = ["before", "open", "committed"] as const;
export type Moment = (typeof MOMENTS)[number];

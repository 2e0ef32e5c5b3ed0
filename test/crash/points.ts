/** Where the authority dies, by the statement of its store that makes the step. */
export const CRASH_POINTS = {
  registration: 'insert into "accounts"',
  deposit: 'insert into "deposits"',
  "funding of a deposit": 'update "deposits" set "state"',
  allotment: "insert into lanes",
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

/**
 * Where a payer dies in a download, by the statement of its peer's store, and how many of these
 * have run before.
 */
export const PAYER_CRASH_POINTS = {
  "when its first lane comes": ["INSERT INTO payerLanes", 0],
  "when it pays for the first time": ["UPDATE payerLanes SET amount", 0],
  "when it pays again": ["UPDATE payerLanes SET amount", 3],
  "when it asks for pieces": ["INSERT INTO pieces", 30],
  "when pieces are there": ["UPDATE pieces SET state = 'verified'", 30],
  "when it counts what it owes": ["UPDATE pairs SET verifiedBytes", 60],
} as const satisfies Readonly<Record<string, readonly [string, number]>>;

/** The same of a payee. */
export const PAYEE_CRASH_POINTS = {
  "when it is paid again": ["UPDATE payeeLanes SET amount", 3],
} as const satisfies Readonly<Record<string, readonly [string, number]>>;

export const MOMENTS = ["before", "open", "committed"] as const;
export type Moment = (typeof MOMENTS)[number];

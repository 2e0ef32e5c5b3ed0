/**
 * Where the authority dies, by the statement of its store that makes the step, and how many of
 * these have run before.
 */
export const CRASH_POINTS = {
  registration: ['insert into "accounts"', 0],
  deposit: ['insert into "deposits"', 0],
  "funding of a deposit": ['update "deposits" set "state"', 0],
  allotment: ["insert into lanes", 0],
  intake: ["update lanes set amount[^]*voucherSignature", 0],
  statement: ['insert into "statements"', 0],
  settlement: ['insert into "batches"', 0],
  bundle: ['insert into "bundles"', 0],
  "outcome of a batch": ['update "batches" set "number"', 0],
  claim: ['insert into "claims"', 0],
  release: ['insert into "withdrawals"', 0],
  // The first one is the release.
  withdrawal: ['insert into "withdrawals"', 1],
  "delay of a withdrawal": ['update "withdrawals" set "state" = \\?, "withdrawableAt"', 0],
  "payment of a withdrawal": ['update "withdrawals" set "state" = \\? where', 1],
  "signing of a transaction": ['insert into "attempts"', 0],
  "end of a transaction": ['update "transactions" set "state" = \\?, "block"', 0],
} as const satisfies Readonly<Record<string, readonly [string, number]>>;
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

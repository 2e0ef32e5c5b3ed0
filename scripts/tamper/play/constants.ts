export const CHAIN_ID = 31_337;
/** Seconds. */
export const ALLOTMENT_PERIOD = 120;
export const CLAIM_PERIOD = 120;
/** A lane is settled so many seconds after its end at the latest, if its session is not revoked. */
export const SETTLE_PERIOD = CLAIM_PERIOD / 4;
/** 2^96-1: a session without a limit. */
export const NO_LIMIT = 2n ** 96n - 1n;
/** Vouchers below this are too small for a row: "dust". Base units. */
export const SMALLEST_ROW = 10n;

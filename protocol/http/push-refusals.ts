/**
 * Why the authority does not store a voucher that a payee pushes. The other vouchers of the push
 * are not affected.
 */
export const PUSH_REFUSALS = {
  LANE_UNKNOWN: {
    meaning: "The authority has issued no such lane.",
    action: "Check the lane's number and payer.",
  },
  PAYEE_WRONG: {
    meaning: "The lane pays another account.",
    action: "Push from the account that the lane names as payee.",
  },
  AMOUNT_ZERO: {
    meaning: "The voucher promises nothing.",
    action: "Push a voucher above zero.",
  },
  ABOVE_CAP: {
    meaning: "The voucher promises more than its lane is good for.",
    action: "Push the highest voucher within the lane's cap.",
  },
  SIGNATURE_INVALID: {
    meaning: "The voucher is not signed by the lane's session key.",
    action: "Push the voucher as the payer signed it.",
  },
  LANE_SETTLED: {
    meaning: "The lane is settled, or a settlement is under way.",
    action: "Nothing: a higher voucher came too late.",
  },
  EXPIRED: {
    meaning: "The lane's claim period is over.",
    action: "Nothing: neither the authority nor the contract pays it now.",
  },
} as const;

export type PushRefusal = keyof typeof PUSH_REFUSALS;

/**
 * Why a payee refuses a lane that was offered to it (docs/protocol.md 5.6). `code` is the byte on
 * the wire: append only.
 */
export const REFUSALS = {
  SIGNATURE_INVALID: {
    code: 1,
    meaning: "The allotment is not signed by an allotter of the authority.",
    action: "Announce again for a new lane.",
  },
  NOT_FOR_ME: {
    code: 2,
    meaning: "The lane pays another account or session key, or the payer itself.",
    action: "Offer it to the payee that it names.",
  },
  WRONG_SESSION_KEY: {
    code: 3,
    meaning: "The connection's key is not the lane's session key.",
    action: "Offer the lane from the session that it was issued to.",
  },
  WRONG_CONTENT: {
    code: 4,
    meaning: "The lane is for another content than the wire.",
    action: "Offer it on a wire of its own content.",
  },
  PRICE_TOO_LOW: {
    code: 5,
    meaning: "The lane's price is below the payee's.",
    action: "Ask another payee.",
  },
  EXPIRED: {
    code: 6,
    meaning: "The lane ends too soon to be worth a sale.",
    action: "Announce again for a new lane.",
  },
  EXPIRES_TOO_LATE: {
    code: 7,
    meaning: "The lane outlives an allotment period, as the payee's clock sees it.",
    action: "Check the clocks, and announce again.",
  },
  WIRE_UNKNOWN: {
    code: 8,
    meaning: "The token belongs to no wire that the payee has open from this host.",
    action: "Offer again once the wire is open.",
  },
  WIRE_TAKEN: {
    code: 9,
    meaning: "Another lane already pays for the wire.",
    action: "Keep to that lane, or open a new wire.",
  },
  BANNED: {
    code: 10,
    meaning: "The payee has banned the payer's account for unpaid or bad pieces.",
    action: "Pay what is owed, which lifts a ban for it, or ask another payee until the ban ends.",
  },
  LANE_CLOSED: {
    code: 11,
    meaning: "The payee has closed the lane and takes no more vouchers on it.",
    action: "Announce again for a new lane.",
  },
  BUSY: {
    code: 12,
    meaning: "The payee serves as many payers as it can.",
    action: "Offer again later, or ask another payee.",
  },
  SENT_TOO_OFTEN: {
    code: 13,
    meaning: "The payer asked for a block again that it was sent three times and did not pay.",
    action: "Pay for what came, or ask another payee. The lane stays open.",
  },
} as const;

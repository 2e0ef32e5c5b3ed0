import { defineCodes } from "./define.ts";

/** Valid, but there is not enough money or credit. */
export const PAYMENT_CODES = defineCodes(
  { class: "PaymentError", exit: 6, status: 402 },
  {
    BALANCE_TOO_LOW: ["The account does not have that much.", "Ask for less, or pay in with `floodgate deposit`."],
    BOND_TOO_LOW: ["The bond is smaller than that.", "Ask for less of it back."],
    CARD_DECLINED: ["The card was declined.", "Use another card."],
    DEPOSIT_FAILED: ["The card was not charged, and nothing was credited.", "Give the command again."],
    DEPOSIT_REFUNDED: [
      "The deposit could not be credited: the card gets its money back.",
      "Read the reason, and try later.",
    ],
    DEPOSIT_REQUIRED: ["The account has no deposit.", "Pay one in with `floodgate deposit`."],
    GAS_MISSING: ["The sender cannot pay the transaction's gas.", "Send it some ether, or give --gas-key-file."],
    PRICE_DECLINED: ["The person at the terminal did not agree to the cost.", "Give the command again, or with --yes."],
    PRICE_TOO_HIGH: ["The content costs more than --max-price.", "Raise --max-price, or do without the content."],
    QUOTA_EXCEEDED: [
      "The account has published as much as its deposit allows.",
      "Pay more in with `floodgate deposit`, or wait as the message says.",
    ],
    RELEASE_REFUSED: [
      "The authority cannot release the amount at once.",
      "Withdraw less, or wait as the message says.",
    ],
    SPEND_LIMIT: [
      "--max-spend was used up before the download was complete.",
      "Give the command again with more; the pieces on disk are kept.",
    ],
    SPONSOR_SPENT: [
      "The sponsor's budget is used up, or given out for now.",
      "Try again later, or pay for it without --sponsored.",
    ],
    TOKENS_MISSING: ["The owner does not have that many tokens.", "Send it some."],
  },
);

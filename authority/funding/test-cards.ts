import { InputError, NetworkError } from "../../protocol/base/errors.ts";
import type { Db } from "../store/database.ts";
import { type CardCharge, findCardCharge, insertCardCharge, setRefund } from "../store/tables/deposits.ts";
import type { CardNetwork } from "./card-network.ts";

/** The devnet's cards, by number. */
const CARDS = new Map<string, CardCharge["outcome"]>([
  ["4242424242424242", "paid"],
  ["4000000000000002", "declined"],
  ["4000000000000119", "lost"],
  ["4000000000005126", "refundRefused"],
  ["4000000000007726", "refundLost"],
]);

/**
 * Test cards: one pays, one is declined, one pays but its answer is lost on the way. Of two more
 * the first refund is refused, or its answer is lost; the second one works.
 */
export function createTestCards(db: Db): CardNetwork {
  return {
    async charge({ key, amount, card }) {
      const outcome = CARDS.get(card);
      if (outcome === undefined)
        throw new InputError("CARD_INVALID", "this devnet takes test cards only: 4242424242424242 is one that pays");
      const charge = await insertCardCharge(db, { idempotencyKey: key, amount: amount.toString(), outcome });
      if (charge.outcome === "lost") throw silence();
      return charge.outcome === "declined" ? "declined" : "paid";
    },
    async lookup(key) {
      const charge = await findCardCharge(db, key);
      if (!charge) return "unknown";
      return charge.outcome === "declined" ? "declined" : "paid";
    },
    async refund(key) {
      const charge = await findCardCharge(db, key);
      if (!charge || charge.outcome === "declined") return "refused";
      const isFirst = charge.refund === null;
      if (isFirst && charge.outcome === "refundRefused") {
        await setRefund(db, key, "asked");
        return "refused";
      }
      await setRefund(db, key, "refunded");
      if (isFirst && charge.outcome === "refundLost") throw silence();
      return "refunded";
    },
  };
}

function silence(): NetworkError {
  return new NetworkError("CARD_TIMEOUT", "the card network did not answer in time: the authority will ask again");
}

import { InputError, NetworkError } from "../../protocol/base/errors.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { Db } from "../store/database.ts";
import { findCardCharge, insertCardCharge } from "../store/tables/deposits.ts";

/**
 * Where customers' money comes from. A charge keeps its key, and asking twice with one key charges
 * once.
 */
export interface CardNetwork {
  /**
   * @throws {NetworkError} CARD_TIMEOUT: charged or not, `lookup` tells later
   * @throws {InputError} CARD_INVALID
   */
  charge(charge: {
    readonly key: string;
    readonly amount: Amount;
    readonly card: string;
  }): Promise<"paid" | "declined">;
  /** What became of a charge. `unknown`: it never arrived, and never will. */
  lookup(key: string): Promise<"paid" | "declined" | "unknown">;
}

/** The devnet's cards, by number. */
const CARDS = new Map<string, "paid" | "declined" | "lost">([
  ["4242424242424242", "paid"],
  ["4000000000000002", "declined"],
  ["4000000000000119", "lost"],
]);

/** Test cards: one pays, one is declined, and one pays but its answer is lost on the way. */
export function createTestCards(db: Db): CardNetwork {
  return {
    async charge({ key, amount, card }) {
      const outcome = CARDS.get(card);
      if (outcome === undefined)
        throw new InputError("CARD_INVALID", "this devnet takes test cards only: 4242424242424242 is one that pays");
      const charge = await insertCardCharge(db, { idempotencyKey: key, amount: amount.toString(), outcome });
      if (charge.outcome === "lost")
        throw new NetworkError("CARD_TIMEOUT", "the card network did not answer in time: the authority will ask again");
      return charge.outcome;
    },
    async lookup(key) {
      const charge = await findCardCharge(db, key);
      if (!charge) return "unknown";
      return charge.outcome === "declined" ? "declined" : "paid";
    },
  };
}

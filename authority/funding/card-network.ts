import type { Amount } from "../../protocol/base/units.ts";

/**
 * Where customers' money comes from. A charge keeps its key, and asking twice with one key charges
 * once, and pays back once.
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
  /**
   * Pays a charge back, all of it. `refused`: not now, ask again later.
   * @throws {NetworkError} CARD_TIMEOUT: paid back or not, the same call tells later
   */
  refund(key: string): Promise<"refunded" | "refused">;
}

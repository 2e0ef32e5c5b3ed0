import type { Amount } from "../../protocol/base/units.ts";
import type { Clock } from "../chain/clock.ts";

/** What the operator can fund deposits from, as seen at a block, base units of the token. */
interface Funds {
  readonly treasury: Amount;
  readonly allowance: Amount;
  readonly block: number;
}

/** The last look at the operator's tokens, so that no request has to wait for a node. */
export interface FundsView {
  saw(funds: Funds): void;
  /** Null: there was none for a while, or it was before this block. */
  read(notBefore: number): Funds | null;
}

const MAX_AGE_SEC = 60;

export function createFundsView(clock: Pick<Clock, "now">): FundsView {
  let [last, at]: [Funds | null, number] = [null, 0];
  return {
    saw(funds) {
      [last, at] = [funds, clock.now()];
    },
    read: (notBefore) => (last !== null && last.block >= notBefore && clock.now() <= at + MAX_AGE_SEC ? last : null),
  };
}

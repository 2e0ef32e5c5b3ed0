import { NetworkError } from "../../protocol/base/errors.ts";
import { BackOff } from "../back-off.ts";
import type { Context } from "../context.ts";
import { endRefund, listDepositsIn } from "../store/tables/deposits.ts";
import type { CardNetwork } from "./card-network.ts";

/** Between two tries of one refund, at most. */
const MAX_DELAY_SEC = 300;

/**
 * Pays deposits back that could not be credited. One that the card network refuses, or does not
 * answer, is tried again for as long as it takes. The operator is told meanwhile.
 */
export function createRefunds(
  { clock, log, readiness, store }: Pick<Context, "clock" | "log" | "readiness" | "store">,
  cards: CardNetwork,
): () => Promise<void> {
  const backOff = new BackOff(MAX_DELAY_SEC);

  const tryRefund = async (id: string): Promise<boolean> => {
    try {
      return (await cards.refund(id)) === "refunded";
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return false;
    }
  };

  return async () => {
    let waiting = 0;
    for (const { id, reason } of await listDepositsIn(store.db, "refunding")) {
      const isDue = backOff.isDue(id, clock.now());
      if (isDue && (await tryRefund(id))) {
        await endRefund(store.db, id);
        backOff.succeeded(id);
        log.warn({ deposit: id, reason }, "a deposit was paid back to its card");
        continue;
      }
      if (isDue) backOff.failed(id, clock.now());
      waiting++;
    }
    const problem = `${waiting} refunds wait: the card network refuses them or does not answer, look at its account`;
    readiness.report("refunds", waiting === 0 ? null : problem);
  };
}

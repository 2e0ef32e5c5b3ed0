import { sessionEnding } from "./accounts/sessions.ts";
import type { Endings } from "./chain/transactions/ending.ts";
import { claimEnding } from "./claims/claim-missing.ts";
import type { Context } from "./context.ts";
import { fundEnding } from "./funding/charges.ts";
import { approveEnding } from "./funding/treasury.ts";
import { settlementEnding } from "./settlement/outcome.ts";
import { withdrawalEndings } from "./withdrawals/endings.ts";

/**
 * How each kind of transaction ends. The store has the outcome as soon as the transaction is final
 * or has failed.
 */
export function createEndings(context: Context): Endings {
  return {
    approve: approveEnding,
    fund: fundEnding(context),
    session: sessionEnding(context),
    settle: settlementEnding(context),
    claim: claimEnding(context),
    // Whatever has used the nonce, it is used.
    fill: { isDone: async () => true, onFinal: async () => undefined, onFailed: async () => undefined },
    ...withdrawalEndings(context),
  };
}

import { invariant } from "../../protocol/base/errors.ts";
import { decodeWithdrawableAt } from "../chain/contract-events.ts";
import type { Ending, Endings } from "../chain/outbox.ts";
import type { Context } from "../context.ts";
import { findWithdrawal, replaceWithdrawals, setWithdrawal } from "../store/tables/withdrawals.ts";

/** How withdrawals and requests for them end. */
export function withdrawalEndings({
  chain,
}: Context): Pick<Endings, "withdraw-request" | "withdraw-now" | "withdraw-pay"> {
  return { "withdraw-request": requestEnding(chain.facts.contract), "withdraw-now": payment, "withdraw-pay": payment };
}

function requestEnding(contract: `0x${string}`): Ending {
  return {
    async onFinal(db, { actionId }, receipt) {
      const id = withdrawalOf(actionId);
      const withdrawal = await findWithdrawal(db, id);
      invariant(withdrawal !== undefined, "WITHDRAWAL_MISSING", `${actionId} belongs to no withdrawal`);
      const { account } = withdrawal;
      const withdrawableAt = decodeWithdrawableAt(contract, account, receipt.logs);
      invariant(withdrawableAt !== null, "WITHDRAWAL_EVENT", `${actionId} has no WithdrawalRequested event`);
      await setWithdrawal(db, id, { state: "waiting", withdrawableAt });
      await replaceWithdrawals(db, account, id);
    },
    onFailed: (db, { actionId }, reason) => setWithdrawal(db, withdrawalOf(actionId), { state: "failed", reason }),
  };
}

const payment: Ending = {
  onFinal: (db, { actionId }) => setWithdrawal(db, withdrawalOf(actionId), { state: "paid" }),
  onFailed: (db, { actionId }, reason) => setWithdrawal(db, withdrawalOf(actionId), { state: "failed", reason }),
};

function withdrawalOf(actionId: string): string {
  return actionId.slice(actionId.indexOf(":") + 1);
}

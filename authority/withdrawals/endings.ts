import { invariant } from "../../protocol/base/errors.ts";
import { lastSecondOf } from "../chain/contract-calls.ts";
import { decodeWithdrawableAt } from "../chain/contract-events.ts";
import type { Ending, Endings } from "../chain/transactions/ending.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import {
  findWithdrawal,
  replaceWithdrawals,
  type StoredWithdrawal,
  setWithdrawal,
} from "../store/tables/withdrawals.ts";

type Kinds = "withdraw-request" | "withdraw-now" | "withdraw-pay";

/**
 * How withdrawals and requests for them end. Anyone may bring what the wallet has signed to the
 * chain, so the account's state there decides.
 */
export function withdrawalEndings(context: Context): Pick<Endings, Kinds> {
  const { chain, store } = context;
  const accountOf = async (actionId: string) => {
    const withdrawal = await find(store.db, actionId);
    return { withdrawal, account: await chain.readAccount(withdrawal.account) };
  };
  return {
    "withdraw-request": requestEnding(context),
    "withdraw-now": {
      ...payment,
      deadlineOf: lastSecondOf,
      async isDone({ actionId }) {
        const { withdrawal, account } = await accountOf(actionId);
        return account.releaseNonce > (withdrawal.releaseNonce ?? Number.POSITIVE_INFINITY);
      },
    },
    "withdraw-pay": {
      ...payment,
      async isDone({ actionId }) {
        const { withdrawal, account } = await accountOf(actionId);
        return account.withdrawableAt !== withdrawal.withdrawableAt;
      },
    },
  };
}

function requestEnding({ chain }: Context): Ending {
  return {
    deadlineOf: lastSecondOf,
    async onFinal(db, { actionId }, receipt) {
      const { account, id } = await find(db, actionId);
      const withdrawableAt = decodeWithdrawableAt(chain.facts.contract, account, receipt.logs);
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

async function find(db: Db, actionId: string): Promise<StoredWithdrawal> {
  const withdrawal = await findWithdrawal(db, withdrawalOf(actionId));
  invariant(withdrawal !== undefined, "WITHDRAWAL_MISSING", `${actionId} belongs to no withdrawal`);
  return withdrawal;
}

function withdrawalOf(actionId: string): string {
  return actionId.slice(actionId.indexOf(":") + 1);
}

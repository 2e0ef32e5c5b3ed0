import { invariant } from "../../protocol/base/errors.ts";
import { lastSecondOf } from "../chain/contract-calls.ts";
import { decodeWithdrawableAt } from "../chain/contract-events.ts";
import type { MirrorEvent } from "../chain/mirror/mirror-events.ts";
import type { Ending, Endings } from "../chain/transactions/ending.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import {
  findRequested,
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

function requestEnding({ chain, store }: Context): Ending {
  return {
    deadlineOf: lastSecondOf,
    isDone: async ({ actionId }) => (await find(store.db, actionId)).state !== "requesting",
    async onFinal(db, { actionId }, receipt) {
      const own = await find(db, actionId);
      // The event has told, of this transaction or of anybody's.
      if (own.state !== "requesting") return;
      const withdrawableAt = decodeWithdrawableAt(chain.facts.contract, own.account, receipt.logs);
      invariant(withdrawableAt !== null, "WITHDRAWAL_EVENT", `${actionId} has no WithdrawalRequested event`);
      await beginDelay(db, own, withdrawableAt);
    },
    async onFailed(db, { actionId }, reason) {
      const { id, state } = await find(db, actionId);
      if (state === "requesting") await setWithdrawal(db, id, { state: "failed", reason });
    },
  };
}

/**
 * A final block has a request. It is known by its terms, so it does not matter who has brought it.
 * Events from before it was asked for come again when all is followed anew.
 */
export async function applyRequest(
  db: Db,
  { account, to, amount, withdrawableAt }: Omit<Extract<MirrorEvent, { type: "withdrawalRequested" }>, "type">,
): Promise<void> {
  const own = await findRequested(db, { account, recipient: to, amount: amount.toString(), before: withdrawableAt });
  if (own !== undefined) await beginDelay(db, own, withdrawableAt);
}

async function beginDelay(
  db: Db,
  { account, id }: Pick<StoredWithdrawal, "account" | "id">,
  withdrawableAt: number,
): Promise<void> {
  await setWithdrawal(db, id, { state: "waiting", withdrawableAt });
  await replaceWithdrawals(db, account, id);
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

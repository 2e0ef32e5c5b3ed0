import type { Static } from "typebox";
import type { Hex } from "../../protocol/base/bytes.ts";
import { AccessError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import { encodeRequestWithdrawalFor, encodeWithdrawFor } from "../../protocol/contract/calls.ts";
import type { WithdrawalReply, WithdrawalSchema } from "../../protocol/http/payments.ts";
import { hashInstantWithdrawal, hashWithdrawal, type Withdrawal } from "../../protocol/signed/withdrawal.ts";
import { isSignedByKey } from "../accounts/wallet-key.ts";
import { encodeWithdrawNowFor } from "../chain/contract-calls.ts";
import type { Caller, Context } from "../context.ts";
import { RELAY_GAS, takeGas } from "../gas-budget.ts";
import type { Db } from "../store/database.ts";
import { enqueueTransaction, findTransaction } from "../store/tables/transactions.ts";
import {
  findWithdrawal,
  insertWithdrawal,
  listDueWithdrawals,
  type StoredWithdrawal,
  setWithdrawal,
} from "../store/tables/withdrawals.ts";
import { releaseNow } from "./release-now.ts";

/** The contract looks at the release last, so with none it says whether all else holds. */
const NO_RELEASE = { deadline: 2 ** 40 - 1, signature: new Uint8Array() };
const RELEASE_MISSING = "SignatureMalformed()";

/**
 * Relays the wallet's Withdrawal. It is paid after the withdrawal delay, or at once with a release
 * of the authority. The same one again changes nothing.
 * @throws {InputError} AMOUNT_INVALID, WITHDRAWAL_REFUSED
 * @throws {PaymentError} BALANCE_TOO_LOW, RELEASE_REFUSED
 * @throws {AccessError} RATE_LIMITED
 */
export async function requestWithdrawal(
  context: Context,
  caller: Caller,
  body: Static<typeof WithdrawalSchema>,
): Promise<WithdrawalReply> {
  const { chain, clock, config, store } = context;
  const { account } = caller;
  const withdrawal = {
    account,
    to: parseAddress(body.to),
    amount: parseBaseUnits(body.amount),
    deadline: body.deadline,
    nonce: BigInt(body.nonce),
  };
  if (withdrawal.amount === 0n) throw new InputError("AMOUNT_INVALID", "a withdrawal must be above zero");
  const { minWithdrawal } = config.params;
  const { id, known } = await findAttempt(store.db, `${account}-${withdrawal.nonce}`);
  if (known) return withdrawalReply(context, sameOrRefused(known, withdrawal, body.isNow === true));
  const { balance } = await chain.readAccount(account);
  if (withdrawal.amount > balance)
    throw new PaymentError("BALANCE_TOO_LOW", `the account has ${balance} base units, not ${withdrawal.amount}`);
  // All that there is may always leave.
  if (withdrawal.amount < minWithdrawal && withdrawal.amount < balance)
    throw new InputError("AMOUNT_INVALID", `a withdrawal must be at least ${minWithdrawal} base units, or all of them`);
  const signature = body.signature as Hex;
  const data = body.isNow
    ? encodeWithdrawNowFor(withdrawal, signature, NO_RELEASE)
    : encodeRequestWithdrawalFor(withdrawal, signature);
  if (!(await isGood(context, withdrawal, signature, body.isNow === true))) {
    const simulation = await chain.simulate(chain.facts.contract, data);
    if (!simulation.ok && !(body.isNow && simulation.reason === RELEASE_MISSING))
      throw new InputError("WITHDRAWAL_REFUSED", `the contract refuses the withdrawal: ${simulation.reason}`);
  }
  if (body.isNow) {
    await releaseNow(context, { id, withdrawal, signature });
    const stored = await findWithdrawal(store.db, id);
    return withdrawalReply(context, sameOrRefused(stored as StoredWithdrawal, withdrawal, true));
  }
  const signed = await store.transaction(async (trx) => {
    // The same, or another of this nonce, may have come at once. A row is of one transaction.
    const other = await findWithdrawal(trx, id);
    if (other) return other;
    const actionId = `withdraw-request:${id}`;
    await takeGas(context, trx, { account, actionId, gas: RELAY_GAS.withdrawal });
    await insertWithdrawal(trx, {
      id,
      account,
      recipient: withdrawal.to,
      amount: withdrawal.amount.toString(),
      createdAt: clock.now(),
      state: "requesting",
      withdrawableAt: null,
      releaseNonce: null,
      releaseDeadline: null,
      reason: null,
    });
    await enqueueTransaction(trx, { actionId, kind: "withdraw-request", recipient: chain.facts.contract, data });
    return null;
  });
  if (signed) sameOrRefused(signed, withdrawal, false);
  context.wake();
  return readWithdrawal(context, caller, id);
}

/** Whether the contract takes it, as far as the mirror shows. All else is asked of a node. */
async function isGood(
  { chain, clock, separator }: Context,
  withdrawal: Withdrawal,
  signature: Hex,
  isNow: boolean,
): Promise<boolean> {
  const { account, deadline, nonce, to } = withdrawal;
  // The contract itself is no recipient, nor is nobody.
  if (BigInt(to) === 0n || to === chain.facts.contract) return false;
  if (deadline <= clock.now() || nonce !== (await chain.readWithdrawalNonce(account))) return false;
  const digest = isNow ? hashInstantWithdrawal(separator, withdrawal) : hashWithdrawal(separator, withdrawal);
  return isSignedByKey(account, digest, signature);
}

/**
 * The contract takes one withdrawal for each of the wallet's numbers, so another one with a number
 * that is under way is refused: it would only take the first one's place.
 * @throws {InputError} WITHDRAWAL_REFUSED
 */
function sameOrRefused(known: StoredWithdrawal, wish: Withdrawal, isNow: boolean): StoredWithdrawal {
  const isSame =
    known.recipient === wish.to && known.amount === wish.amount.toString() && (known.releaseNonce !== null) === isNow;
  if (isSame) return known;
  const how = known.releaseNonce === null ? "after the delay" : "at once";
  throw new InputError(
    "WITHDRAWAL_REFUSED",
    `another withdrawal with this number is under way, ${known.amount} base units ${how}: wait until it is done`,
  );
}

/** Only a success spends the wallet's nonce, so a withdrawal that failed may be requested again. */
async function findAttempt(db: Db, first: string): Promise<{ id: string; known: StoredWithdrawal | undefined }> {
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? first : `${first}-${attempt}`;
    const known = await findWithdrawal(db, id);
    if (known?.state !== "failed") return { id, known };
  }
}

/** @throws {AccessError} WITHDRAWAL_UNKNOWN */
export async function readWithdrawal(context: Context, caller: Caller, id: string): Promise<WithdrawalReply> {
  const found = await findWithdrawal(context.store.db, id);
  if (found?.account !== caller.account)
    throw new AccessError("WITHDRAWAL_UNKNOWN", "this account has no such withdrawal");
  return withdrawalReply(context, found);
}

/** Pays withdrawals whose delay has passed on the chain. */
export async function payDueWithdrawals(context: Context): Promise<void> {
  const { chain, store } = context;
  const due = await listDueWithdrawals(store.db, chain.latest.timestamp);
  for (const { id, account } of due) {
    await store.transaction(async (trx) => {
      await setWithdrawal(trx, id, { state: "paying" });
      const data = encodeWithdrawFor(account);
      const actionId = `withdraw-pay:${id}`;
      await enqueueTransaction(trx, { actionId, kind: "withdraw-pay", recipient: chain.facts.contract, data });
    });
  }
  if (due.length > 0) context.wake();
}

export async function withdrawalReply({ store }: Context, withdrawal: StoredWithdrawal): Promise<WithdrawalReply> {
  const { id, recipient, amount, state, reason, withdrawableAt } = withdrawal;
  const transaction =
    (await findTransaction(store.db, `withdraw-now:${id}`)) ??
    (await findTransaction(store.db, `withdraw-pay:${id}`)) ??
    (await findTransaction(store.db, `withdraw-request:${id}`));
  return { id, to: recipient as Address, amount, state, reason, withdrawableAt, txHash: transaction?.hash ?? null };
}

import { createHmac, randomUUID } from "node:crypto";
import { AccessError, ChainError, InputError } from "../../protocol/base/errors.ts";
import { type Amount, parseBaseUnits } from "../../protocol/base/units.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import type { Caller, Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { type Deposit, findDeposit, insertDeposit } from "../store/tables/deposits.ts";
import { findTransaction } from "../store/tables/transactions.ts";
import { type Charges, fundAction } from "./charges.ts";

/**
 * Charges the card and funds the caller's account. The same request with the same key again changes
 * nothing.
 * @throws {InputError} AMOUNT_INVALID, CARD_INVALID, IDEMPOTENCY_KEY_INVALID,
 * IDEMPOTENCY_KEY_REUSED
 * @throws {ChainError} TREASURY_EMPTY
 */
export async function createDeposit(
  context: Context,
  charges: Charges,
  caller: Caller,
  key: string | undefined,
  body: { readonly amount: string; readonly card: string },
): Promise<DepositReply> {
  const { chain, clock, secrets, store } = context;
  if (key === undefined || !/^[\x21-\x7e]{8,128}$/.test(key))
    throw new InputError(
      "IDEMPOTENCY_KEY_INVALID",
      "send the header Idempotency-Key: 8 to 128 printable characters, new for each deposit",
    );
  const amount: Amount = parseBaseUnits(body.amount);
  if (amount === 0n) throw new InputError("AMOUNT_INVALID", "a deposit must be above zero");
  if ((await chain.readTreasury()) < amount)
    throw new ChainError("TREASURY_EMPTY", "the authority cannot fund this deposit now: try a smaller one, or later");
  // Tells a repeated request from another one, without keeping the card's number.
  const bodyHash = createHmac("sha256", secrets.token).update(`${amount} ${body.card}`).digest("hex");
  const deposit = await insertDeposit(store.db, {
    id: randomUUID(),
    account: caller.account,
    idempotencyKey: key,
    bodyHash,
    amount: amount.toString(),
    state: "charging",
    reason: null,
    createdAt: clock.now(),
  });
  if (deposit.bodyHash !== bodyHash)
    throw new InputError("IDEMPOTENCY_KEY_REUSED", "this Idempotency-Key belongs to another deposit: use a new one");
  if (deposit.state === "charging") await charges.charge(deposit, body.card);
  return toReply(store.db, (await findDeposit(store.db, caller.account, deposit.id)) ?? deposit);
}

/** @throws {AccessError} DEPOSIT_UNKNOWN */
export async function readDeposit({ store }: Context, caller: Caller, id: string): Promise<DepositReply> {
  const deposit = await findDeposit(store.db, caller.account, id);
  if (!deposit) throw new AccessError("DEPOSIT_UNKNOWN", "this account has no such deposit");
  return toReply(store.db, deposit);
}

async function toReply(db: Db, { id, amount, state, reason }: Deposit): Promise<DepositReply> {
  const transaction = await findTransaction(db, fundAction(id));
  const isUnderWay = transaction?.state === "sent" || transaction?.state === "seen";
  return {
    id,
    amount,
    state: state === "charged" && isUnderWay ? "sent" : state,
    reason,
    txHash: transaction?.hash ?? null,
  };
}

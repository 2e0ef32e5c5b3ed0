import { createHash, createHmac } from "node:crypto";
import { AccessError, ChainError, InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { type Amount, parseBaseUnits } from "../../protocol/base/units.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import type { Caller, Context } from "../context.ts";
import { RELAY_GAS, takeGas } from "../gas-budget.ts";
import type { Db } from "../store/database.ts";
import { findPause } from "../store/operator/operator-actions.ts";
import type { DepositTable } from "../store/schema.ts";
import { type Deposit, findDeposit, findDepositByKey, insertDeposit, sumPromised } from "../store/tables/deposits.ts";
import { findTransaction } from "../store/tables/transactions.ts";
import { type Charges, encodeFund, fundAction, isFunded } from "./charges.ts";
import { isFinalRefusal } from "./judge-refusal.ts";

/**
 * Charges the card and funds the caller's account. The same request with the same key again changes
 * nothing. No card is charged unless the account can be funded as far as the chain tells: the
 * deposit's share of the treasury is reserved before.
 * @throws {InputError} AMOUNT_INVALID, CARD_INVALID, DEPOSIT_REFUSED, IDEMPOTENCY_KEY_INVALID,
 * IDEMPOTENCY_KEY_REUSED
 * @throws {AccessError} RATE_LIMITED
 * @throws {ChainError} DEPOSITS_PAUSED, TREASURY_EMPTY, RPC_UNAVAILABLE: nothing was charged
 */
export async function createDeposit(
  context: Context,
  charges: Charges,
  caller: Caller,
  key: string | undefined,
  body: { readonly amount: string; readonly card: string },
): Promise<DepositReply> {
  const { clock, config, secrets, store } = context;
  if (key === undefined || !/^[\x21-\x7e]{8,128}$/.test(key))
    throw new InputError(
      "IDEMPOTENCY_KEY_INVALID",
      "send the header Idempotency-Key: 8 to 128 printable characters, new for each deposit",
    );
  const amount: Amount = parseBaseUnits(body.amount);
  if (amount === 0n) throw new InputError("AMOUNT_INVALID", "a deposit must be above zero");
  const { minDeposit } = config.params;
  if (amount < minDeposit)
    throw new InputError("AMOUNT_INVALID", `a deposit must be at least ${minDeposit} base units`);
  // Tells a repeated request from another one, without keeping the card's number.
  const bodyHash = createHmac("sha256", secrets.token).update(`${amount} ${body.card}`).digest("hex");
  const id = idOf(caller.account, key);
  const release = charges.expect(id);
  try {
    const deposit =
      (await findDepositByKey(store.db, caller.account, key)) ??
      (await acceptDeposit(context, {
        id,
        account: caller.account,
        idempotencyKey: key,
        bodyHash,
        amount: amount.toString(),
        state: "charging",
        reason: null,
        createdAt: clock.now(),
      }));
    if (deposit.bodyHash !== bodyHash)
      throw new InputError("IDEMPOTENCY_KEY_REUSED", "this Idempotency-Key belongs to another deposit: use a new one");
    if (deposit.state === "charging") await charges.charge(deposit, body.card);
    return depositReply(store.db, (await findDeposit(store.db, caller.account, deposit.id)) ?? deposit);
  } finally {
    release();
  }
}

/**
 * The same for the same request, as a UUID (RFC 9562, version 8). So an authority that has lost the
 * deposit and is asked again neither charges the card nor credits the account twice.
 */
function idOf(account: Address, key: string): string {
  const bytes = createHash("sha256").update(`floodgate deposit ${account} ${key}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Stores the deposit if all that is promised to customers, with this, is in the treasury and the
 * contract would take it now.
 */
async function acceptDeposit(context: Context, wish: DepositTable): Promise<Deposit> {
  const { store } = context;
  const { treasury, allowance, simulation } = await judgeDeposit(context, wish);
  return store.transaction(async (trx) => {
    // The same request may have come twice at once.
    const known = await findDepositByKey(trx, wish.account, wish.idempotencyKey);
    if (known) return known;
    if ((await findPause(trx))?.action === "pause") throw paused("the operator has paused deposits");
    const needed = (await sumPromised(trx)) + BigInt(wish.amount);
    if (needed > treasury)
      throw new ChainError("TREASURY_EMPTY", "the authority cannot fund this deposit now: try a smaller one, or later");
    if (needed > allowance) throw paused("its approval is not on the chain yet");
    if (!simulation.ok && isFinalRefusal(simulation.reason))
      throw new InputError("DEPOSIT_REFUSED", `the contract refuses the deposit: ${simulation.reason}`);
    if (!simulation.ok) throw paused(simulation.reason);
    await takeGas(context, trx, { account: wish.account, actionId: fundAction(wish.id), gas: RELAY_GAS.deposit });
    return insertDeposit(trx, wish);
  });
}

/** From the last look at the operator's tokens and the mirror; without one a node is asked. */
async function judgeDeposit({ chain, funds }: Context, wish: DepositTable) {
  const known = funds.read(chain.confirmed.number);
  const isDone = await isFunded(chain, await chain.readOperators(), wish.id);
  const isRefused = wish.account === chain.facts.contract || (await chain.readIsPaused());
  if (known !== null && !isRefused) return { ...known, simulation: { ok: true } as const };
  const [treasury, allowance] = await Promise.all([chain.readTreasury(chain.confirmed.number), chain.readAllowance()]);
  // The store has lost it, and the chain has not.
  if (isDone) return { treasury, allowance, simulation: { ok: true } as const };
  return { treasury, allowance, simulation: await chain.simulate(chain.facts.contract, encodeFund(wish)) };
}

function paused(reason: string): ChainError {
  return new ChainError(
    "DEPOSITS_PAUSED",
    `no deposit is possible now, and nothing was charged: try later (${reason})`,
  );
}

/** `id`: the deposit's own, or its Idempotency-Key. @throws {AccessError} DEPOSIT_UNKNOWN */
export async function readDeposit({ store }: Context, caller: Caller, id: string): Promise<DepositReply> {
  const deposit = await findDeposit(store.db, caller.account, id);
  if (!deposit) throw new AccessError("DEPOSIT_UNKNOWN", "this account has no such deposit");
  return depositReply(store.db, deposit);
}

export async function depositReply(db: Db, { id, amount, state, reason }: Deposit): Promise<DepositReply> {
  const transaction = await findTransaction(db, fundAction(id));
  const isUnderWay = transaction?.state === "sent" || transaction?.state === "mined";
  return {
    id,
    amount,
    state: state === "charged" && isUnderWay ? "sent" : state,
    reason,
    txHash: transaction?.hash ?? null,
  };
}

import { createHmac, randomUUID } from "node:crypto";
import { AccessError, ChainError, InputError, NetworkError } from "../../protocol/base/errors.ts";
import { type Amount, parseBaseUnits } from "../../protocol/base/units.ts";
import { encodeApprove } from "../../protocol/contract/calls.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import { encodeDepositFor } from "../chain/contract-calls.ts";
import type { Caller, Context } from "../context.ts";
import {
  type Deposit,
  endCharging,
  findDeposit,
  insertDeposit,
  listChargingDeposits,
} from "../store/tables/deposits.ts";
import { enqueueTransaction, findTransaction } from "../store/tables/transactions.ts";
import type { CardNetwork } from "./card-network.ts";

/** Charges cards and funds accounts on-chain with what was paid: each deposit once, whatever is repeated or crashes. */
export interface Funding {
  /**
   * @throws {InputError} AMOUNT_INVALID, CARD_INVALID, IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REUSED; {ChainError} TREASURY_EMPTY
   */
  create(caller: Caller, key: string | undefined, body: { amount: string; card: string }): Promise<DepositReply>;
  /** @throws {AccessError} DEPOSIT_UNKNOWN */
  read(caller: Caller, id: string): Promise<DepositReply>;
  /** Deposits whose charge had no answer: asks the card network what became of them. */
  finishCharges(): Promise<void>;
}

export function createFunding(context: Context, cards: CardNetwork): Funding {
  const { chain, clock, store, log } = context;
  /** Their charge is under way in this process: its outcome is not known to `lookup` yet. */
  const charging = new Set<string>();

  const end = async (deposit: Deposit, outcome: "paid" | "declined" | "unknown"): Promise<void> => {
    if (outcome !== "paid") {
      const reason =
        outcome === "declined" ? "the card was declined: use another card" : "the charge did not arrive: try again";
      await endCharging(store.db, deposit.id, outcome === "declined" ? "declined" : "failed", reason);
      return;
    }
    await store.transaction(async (trx) => {
      if (!(await endCharging(trx, deposit.id, "charged", null))) return;
      const data = encodeDepositFor(deposit.account, BigInt(deposit.amount));
      await enqueueTransaction(trx, {
        actionId: fundAction(deposit),
        kind: "fund",
        recipient: chain.facts.contract,
        data,
      });
    });
    context.wake();
  };

  const charge = async (deposit: Deposit, card: string): Promise<void> => {
    if (charging.has(deposit.id)) return;
    charging.add(deposit.id);
    try {
      await end(deposit, await cards.charge({ key: deposit.id, amount: BigInt(deposit.amount), card }));
    } catch (error) {
      // Its outcome is looked up in a later round; the customer sees `charging`.
      if (error instanceof NetworkError) return;
      if (error instanceof InputError) await endCharging(store.db, deposit.id, "failed", error.message);
      throw error;
    } finally {
      charging.delete(deposit.id);
    }
  };

  const reply = async (deposit: Deposit): Promise<DepositReply> => {
    const transaction = await findTransaction(store.db, fundAction(deposit));
    const { id, amount, reason } = deposit;
    return {
      id,
      amount,
      state: stateOf(deposit, transaction?.state),
      reason: reason ?? (transaction?.state === "failed" ? `charged, but not credited: ${transaction.reason}` : null),
      txHash: transaction?.hash ?? null,
    };
  };

  return {
    async create(caller, key, body) {
      if (key === undefined || !/^[\x21-\x7e]{8,128}$/.test(key))
        throw new InputError(
          "IDEMPOTENCY_KEY_INVALID",
          "send the header Idempotency-Key: 8 to 128 printable characters, new for each deposit",
        );
      const amount: Amount = parseBaseUnits(body.amount);
      if (amount === 0n) throw new InputError("AMOUNT_INVALID", "a deposit must be above zero");
      if ((await chain.readTreasury()) < amount)
        throw new ChainError(
          "TREASURY_EMPTY",
          "the authority cannot fund this deposit now: try a smaller one, or later",
        );
      // Tells a repeated request from another one, without keeping the card's number.
      const bodyHash = createHmac("sha256", context.secrets.token).update(`${amount} ${body.card}`).digest("hex");
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
        throw new InputError(
          "IDEMPOTENCY_KEY_REUSED",
          "this Idempotency-Key belongs to another deposit: use a new one",
        );
      if (deposit.state === "charging") await charge(deposit, body.card);
      return reply((await findDeposit(store.db, caller.account, deposit.id)) ?? deposit);
    },

    async read(caller, id) {
      const deposit = await findDeposit(store.db, caller.account, id);
      if (!deposit) throw new AccessError("DEPOSIT_UNKNOWN", "this account has no such deposit");
      return reply(deposit);
    },

    async finishCharges() {
      for (const deposit of await listChargingDeposits(store.db)) {
        if (charging.has(deposit.id)) continue;
        try {
          await end(deposit, await cards.lookup(deposit.id));
        } catch (error) {
          if (!(error instanceof NetworkError)) throw error;
          log.warn({ deposit: deposit.id }, "the card network does not answer");
        }
      }
    },
  };
}

/** Lets the contract take T's tokens for deposits; once. */
export async function approveTreasury({ chain, store }: Context): Promise<void> {
  const { contract, token } = chain.facts;
  if ((await chain.readAllowance()) > 2n ** 128n) return;
  await enqueueTransaction(store.db, {
    actionId: "approve:1",
    kind: "approve",
    recipient: token.address,
    data: encodeApprove(contract),
  });
}

function fundAction(deposit: Deposit): string {
  return `fund:${deposit.id}`;
}

function stateOf(deposit: Deposit, transaction: string | undefined): DepositReply["state"] {
  if (deposit.state !== "charged") return deposit.state;
  switch (transaction) {
    case "sent":
    case "seen":
      return "sent";
    case "final":
      return "credited";
    case "failed":
      return "failed";
    default:
      return "charged";
  }
}

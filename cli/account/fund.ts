import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { pollUntil } from "../../client/poll.ts";
import { readPrivateFile, writePrivateFile } from "../../client/wallet/private-file.ts";
import { FloodgateError, InputError, NetworkError, PaymentError } from "../../protocol/base/errors.ts";
import { AmountSchema } from "../../protocol/base/schemas.ts";
import { printable } from "../../protocol/base/text.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";
import type { Account } from "./account.ts";

/** A deposit whose end this home has not seen: the same key again charges the card only once. */
const PendingSchema = Type.Object({ idempotencyKey: Type.String({ maxLength: 64 }), amount: AmountSchema });

/**
 * Charges the card and waits until the deposit is final on-chain. Killed anywhere, the same command continues the
 * same deposit. @throws {PaymentError} CARD_DECLINED, DEPOSIT_FAILED
 */
export async function fundAccount(
  context: Context,
  account: Account,
  card: string,
  amount: Amount,
): Promise<DepositReply> {
  const path = join(context.home, "deposit.json");
  const key = await rememberDeposit(path, account, amount);
  const deposit = await settleDeposit(context, account, { card, amount: amount.toString() }, key).catch(
    async (error) => {
      // T refused the request itself, so no card was charged. Anything else leaves the deposit's end open.
      if (error instanceof FloodgateError && !(error instanceof NetworkError) && isRefusal(error))
        await rm(path, { force: true });
      throw error;
    },
  );
  await rm(path, { force: true });
  if (deposit.state === "credited") return deposit;
  const reason = deposit.reason === null ? "" : ` (${printable(deposit.reason)})`;
  throw deposit.state === "declined"
    ? new PaymentError("CARD_DECLINED", `the card was declined${reason}: use another card`)
    : new PaymentError("DEPOSIT_FAILED", `the deposit failed${reason}: nothing was credited, ask the authority`);
}

async function settleDeposit(
  { signal }: Context,
  { client }: Account,
  body: { readonly card: string; readonly amount: string },
  key: string,
): Promise<DepositReply> {
  const { id } = await client.deposit(body, key, signal);
  return pollUntil({
    read: () => client.depositById(id, signal),
    isDone: ({ state }) => state === "credited" || state === "declined" || state === "failed",
    signal,
    pending: "the deposit is not confirmed yet: give the same command again in a while, it charges nothing twice",
  });
}

async function rememberDeposit(path: string, { network }: Account, amount: Amount): Promise<string> {
  const pending = parsePending(await readPrivateFile(path));
  if (pending && BigInt(pending.amount) !== amount) {
    const text = formatMoney(pending.amount, network.info.token);
    throw new InputError(
      "DEPOSIT_UNFINISHED",
      `an earlier deposit of ${text} was not finished: give that amount once more first`,
    );
  }
  if (pending) return pending.idempotencyKey;
  const idempotencyKey = randomUUID();
  await writePrivateFile(path, `${JSON.stringify({ idempotencyKey, amount: amount.toString() })}\n`);
  return idempotencyKey;
}

function parsePending(text: string | null): Static<typeof PendingSchema> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(PendingSchema, value) ? value : null;
  } catch {
    // Written whole or not at all, so this is not a deposit of ours.
    return null;
  }
}

function isRefusal({ details }: FloodgateError): boolean {
  return typeof details.status === "number" && details.status < 500 && details.status !== 409 && details.status !== 429;
}

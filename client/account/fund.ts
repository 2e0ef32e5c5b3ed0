import { FloodgateError, InputError, NetworkError, PaymentError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatMoney } from "../../protocol/base/units.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import { pollUntil } from "../poll.ts";
import type { AccountHome } from "./home.ts";
import type { Account } from "./opened-account.ts";

export interface CardDeposit {
  /** Digits of the card's number. */
  readonly card: string;
  /** Base units, above zero. */
  readonly amount: Amount;
}

/**
 * Charges the card and waits until the deposit is final on-chain. Stopped anywhere, the same call
 * continues the same deposit.
 * @throws {PaymentError} CARD_DECLINED, DEPOSIT_FAILED; {InputError} DEPOSIT_UNFINISHED when an
 * earlier one of another amount has no end yet; {ChainError} STILL_PENDING
 */
export async function fundAccount(
  home: AccountHome,
  account: Account,
  { card, amount }: CardDeposit,
  signal: AbortSignal,
): Promise<DepositReply> {
  const key = await rememberDeposit(home, account, amount);
  const body = { card, amount: amount.toString() };
  const deposit = await untilFinal(account, body, key, signal).catch(async (error) => {
    // The authority refused the request itself, so no card was charged. Anything else leaves the
    // deposit's end open.
    if (error instanceof FloodgateError && !(error instanceof NetworkError) && isRefusal(error))
      await home.deposit.remove();
    throw error;
  });
  await home.deposit.remove();
  if (deposit.state === "credited") return deposit;
  const reason = deposit.reason === null ? "" : ` (${printable(deposit.reason)})`;
  throw deposit.state === "declined"
    ? new PaymentError("CARD_DECLINED", `the card was declined${reason}: use another card`)
    : new PaymentError("DEPOSIT_FAILED", `the deposit failed${reason}: nothing was credited, ask the authority`);
}

async function untilFinal(
  { client }: Account,
  body: { readonly card: string; readonly amount: string },
  key: string,
  signal: AbortSignal,
): Promise<DepositReply> {
  const { id } = await client.deposit(body, key, signal);
  return pollUntil({
    read: () => client.depositById(id, signal),
    isDone: ({ state }) => state === "credited" || state === "declined" || state === "failed",
    signal,
    pending: "the deposit is not confirmed yet: give the same command again in a while, it charges nothing twice",
  });
}

async function rememberDeposit(home: AccountHome, { network }: Account, amount: Amount): Promise<string> {
  const pending = await home.deposit.read();
  if (pending && BigInt(pending.amount) !== amount) {
    const text = formatMoney(pending.amount, network.info.token);
    throw new InputError(
      "DEPOSIT_UNFINISHED",
      `an earlier deposit of ${text} was not finished: give that amount once more first`,
    );
  }
  if (pending) return pending.idempotencyKey;
  const idempotencyKey = crypto.randomUUID();
  await home.deposit.write({ idempotencyKey, amount: amount.toString() });
  return idempotencyKey;
}

function isRefusal({ details }: FloodgateError): boolean {
  return typeof details.status === "number" && details.status < 500 && details.status !== 409 && details.status !== 429;
}

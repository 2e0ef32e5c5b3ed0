import { AccessError, PaymentError } from "../../protocol/base/errors.ts";
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
 * continues the same deposit. One of another amount does not wait for it: the authority credits the
 * earlier one or pays it back without this home. `onEarlier`: such a one is still under way.
 * @throws {PaymentError} CARD_DECLINED, DEPOSIT_FAILED, DEPOSIT_REFUNDED; {ChainError}
 * DEPOSITS_PAUSED, TREASURY_EMPTY: nothing was charged; STILL_PENDING
 */
export async function fundAccount(
  home: AccountHome,
  account: Account,
  { card, amount }: CardDeposit,
  signal: AbortSignal,
  onEarlier: (earlier: DepositReply) => void = () => undefined,
): Promise<DepositReply> {
  const earlier = await findEarlier(home, account, signal);
  if (earlier !== null && earlier.amount !== amount.toString() && !hasEnded(earlier)) onEarlier(earlier);
  const started =
    earlier !== null && earlier.amount === amount.toString() && isAlive(earlier)
      ? earlier
      : await start(home, account, { card, amount }, { isKeyUsed: earlier !== null }, signal);
  const deposit = await pollUntil({
    read: () => account.client.depositById(started.id, signal),
    isDone: hasEnded,
    signal,
    pending: "the deposit is not confirmed yet: give the same command again in a while, it charges nothing twice",
  });
  await home.deposit.remove();
  return creditedOrThrow(account, deposit);
}

/** Null: this home knows of none, or the authority does not. */
async function findEarlier(home: AccountHome, { client }: Account, signal: AbortSignal): Promise<DepositReply | null> {
  const pending = await home.deposit.read();
  if (!pending) return null;
  try {
    return await client.depositById(pending.idempotencyKey, signal);
  } catch (error) {
    if (error instanceof AccessError && error.code === "DEPOSIT_UNKNOWN") return null;
    throw error;
  }
}

/**
 * A key that the authority does not know is used again, also for another amount: a request with it
 * may still be under way, and one key charges once.
 */
async function start(
  home: AccountHome,
  { client }: Account,
  { card, amount }: CardDeposit,
  { isKeyUsed }: { readonly isKeyUsed: boolean },
  signal: AbortSignal,
): Promise<DepositReply> {
  const pending = isKeyUsed ? null : await home.deposit.read();
  const idempotencyKey = pending?.idempotencyKey ?? crypto.randomUUID();
  await home.deposit.write({ idempotencyKey, amount: amount.toString() });
  return client.deposit({ card, amount: amount.toString() }, idempotencyKey, signal);
}

/** Under way to the account, or there. */
function isAlive({ state }: DepositReply): boolean {
  return state === "charging" || state === "charged" || state === "sent" || state === "credited";
}

function hasEnded(deposit: DepositReply): boolean {
  return !isAlive(deposit) || deposit.state === "credited";
}

function creditedOrThrow({ network }: Account, deposit: DepositReply): DepositReply {
  const { amount, state } = deposit;
  if (state === "credited") return deposit;
  // The authority's own sentence about a declined card says nothing more.
  const isTold = deposit.reason === null || deposit.reason.includes("card was declined");
  const reason = isTold ? "" : ` (${printable(deposit.reason ?? "")})`;
  if (state === "declined") throw new PaymentError("CARD_DECLINED", `the card was declined${reason}: use another card`);
  if (state === "failed")
    throw new PaymentError("DEPOSIT_FAILED", `the deposit failed${reason}: the card was not charged`);
  throw new PaymentError(
    "DEPOSIT_REFUNDED",
    `the deposit did not work${reason}: ${formatMoney(amount, network.info.token)} goes back to the card`,
  );
}

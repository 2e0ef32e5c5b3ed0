import { ChainError, PaymentError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatMoney } from "../../protocol/base/units.ts";
import type { WithdrawalReply } from "../../protocol/http/payments.ts";
import { pollUntil } from "../poll.ts";
import type { AccountHome } from "./home.ts";
import type { Account } from "./opened-account.ts";

/** Time for the request to get into a block. */
const DEADLINE_SEC = 600;
/** Blocks and confirmations, beside the delay itself. */
const SLACK_SEC = 180;
const PENDING = "the withdrawal is not confirmed yet: see `floodgate balance` in a while";

export interface WithdrawalWish {
  /** Base units, above zero. */
  readonly amount: Amount;
  readonly to: Address;
  /** By a release of the authority, without the delay. */
  readonly isNow: boolean;
}

/**
 * Signs a withdrawal, lets the authority relay it, and waits until it is on-chain: requested, or
 * with `isNow` paid.
 * @throws {ChainError} WITHDRAWAL_FAILED, STILL_PENDING; {PaymentError} BALANCE_TOO_LOW, or
 * RELEASE_REFUSED when live lanes need the money
 */
export async function requestWithdrawal(
  home: AccountHome,
  { client, network }: Account,
  { amount, to, isNow }: WithdrawalWish,
  signal: AbortSignal,
): Promise<WithdrawalReply> {
  const { info, separator } = network;
  const { balance, withdrawalNonce } = await client.account(signal);
  if (amount > BigInt(balance)) {
    throw new PaymentError(
      "BALANCE_TOO_LOW",
      `the account has ${formatMoney(balance, info.token)}, not ${formatMoney(amount, info.token)}: withdraw less`,
    );
  }
  const wallet = await home.unlock();
  const nonce = BigInt(withdrawalNonce);
  const deadline = info.now + DEADLINE_SEC;
  const withdrawal = { account: wallet.address, to, amount, deadline, nonce };
  const signature = await (isNow
    ? wallet.signInstantWithdrawal(separator, withdrawal)
    : wallet.signWithdrawal(separator, withdrawal));
  const request = { to, amount: amount.toString(), deadline, nonce: nonce.toString(), signature };
  const { id } = await client.withdraw(isNow ? { ...request, isNow } : request, signal).catch(async (error) => {
    if (!(error instanceof PaymentError) || error.code !== "RELEASE_REFUSED") throw error;
    const { free } = await client.account(signal);
    throw releaseRefused(error, `${formatMoney(free, info.token)} of ${formatMoney(amount, info.token)}`);
  });
  const requested = await pollUntil({
    read: () => client.withdrawalById(id, signal),
    isDone: ({ state }) => !isUnderWay(state),
    signal,
    pending: PENDING,
  });
  check(requested);
  return requested;
}

/** Seconds from `network`'s answer until a requested withdrawal may be paid out; never negative. */
export function withdrawalDelaySec({ network }: Account, { withdrawableAt }: WithdrawalReply): number {
  return Math.max(0, (withdrawableAt ?? network.info.now) - network.info.now);
}

/**
 * Waits until a requested withdrawal has been paid out.
 * @throws {ChainError} WITHDRAWAL_FAILED, STILL_PENDING
 */
export async function untilPaidOut(
  account: Account,
  requested: WithdrawalReply,
  signal: AbortSignal,
): Promise<WithdrawalReply> {
  const ended = await pollUntil({
    read: () => account.client.withdrawalById(requested.id, signal),
    isDone: ({ state }) => state === "paid" || state === "failed" || state === "replaced",
    signal,
    pending: PENDING,
    deadlineMs: 1_000 * (withdrawalDelaySec(account, requested) + SLACK_SEC),
  });
  check(ended);
  return ended;
}

function releaseRefused(error: PaymentError, share: string): PaymentError {
  const text = `${share} can leave now: withdraw so much, or all without --now (${error.message})`;
  return new PaymentError("RELEASE_REFUSED", text, { cause: error });
}

/** Blocks are waited for, but no delay. */
function isUnderWay(state: WithdrawalReply["state"]): boolean {
  return state === "requesting" || state === "releasing";
}

function check({ state, reason }: WithdrawalReply): void {
  if (state !== "failed" && state !== "replaced") return;
  throw new ChainError(
    "WITHDRAWAL_FAILED",
    `the withdrawal ended as "${state}"${reason === null ? "" : ` (${printable(reason)})`}: nothing was paid out by it`,
  );
}

import { pollUntil } from "../../client/poll.ts";
import { ChainError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress, toChecksumAddress } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { parseAmount } from "../../protocol/base/units.ts";
import type { WithdrawalReply } from "../../protocol/http/payments.ts";
import { formatMoney } from "../money.ts";
import type { Output } from "../output.ts";
import type { Context } from "../runtime.ts";
import { openAccount, unlockWallet } from "./account.ts";

/** Time for the request to get into a block. */
const DEADLINE_SEC = 600;
/** Blocks and confirmations, beside the delay itself. */
const SLACK_SEC = 180;

export interface WithdrawOptions {
  readonly amount: string;
  readonly to: Address;
  readonly isWaiting: boolean;
  /** By a release of T, without the delay. */
  readonly isNow: boolean;
}

/**
 * Signs a withdrawal and lets T relay it; with `isWaiting` or `isNow` until it is paid out.
 * @throws {ChainError} WITHDRAWAL_FAILED; {PaymentError} BALANCE_TOO_LOW, RELEASE_REFUSED when live lanes need the money
 */
export async function withdraw(
  context: Context,
  { amount: text, to, isWaiting, isNow }: WithdrawOptions,
): Promise<void> {
  const { output, signal } = context;
  const { client, network } = await openAccount(context, "login");
  const { info, separator } = network;
  const amount = parseAmount(text, info.token.decimals);
  if (amount === 0n) throw new InputError("AMOUNT_INVALID", "the amount must be above zero");
  const { balance, withdrawalNonce } = await client.account(signal);
  if (amount > BigInt(balance)) {
    throw new PaymentError(
      "BALANCE_TOO_LOW",
      `the account has ${formatMoney(balance, info.token)}, not ${formatMoney(amount, info.token)}: withdraw less`,
    );
  }
  const wallet = await unlockWallet(context);
  const nonce = BigInt(withdrawalNonce);
  const deadline = info.now + DEADLINE_SEC;
  const withdrawal = { account: wallet.address, to, amount, deadline, nonce };
  const signature = await wallet.signWithdrawal(separator, withdrawal);
  const request = { to, amount: amount.toString(), deadline, nonce: nonce.toString(), signature };
  const { id } = await client.withdraw(isNow ? { ...request, isNow } : request, signal).catch(async (error) => {
    if (!(error instanceof PaymentError) || error.code !== "RELEASE_REFUSED") throw error;
    const { free } = await client.account(signal);
    throw releaseRefused(error, `${formatMoney(free, info.token)} of ${formatMoney(amount, info.token)}`);
  });
  const read = () => client.withdrawalById(id, signal);
  const pending = "the withdrawal is not confirmed yet: see `floodgate balance` in a while";
  const requested = await pollUntil({ read, isDone: ({ state }) => !isUnderWay(state), signal, pending });
  check(requested);
  const money = formatMoney(amount, info.token);
  if (requested.state === "paid") return tellPaid(output, requested, money);
  const withdrawableAt = requested.withdrawableAt ?? info.now;
  const delaySec = Math.max(0, withdrawableAt - info.now);
  const plan = `${money} leave for ${toChecksumAddress(to)} in about ${Math.round(delaySec / 60)} minutes: the authority sends them`;
  output.event(isWaiting ? "requested" : "done", { ...requested }, plan);
  if (!isWaiting) return;
  const ended = await pollUntil({
    read,
    isDone: ({ state }) => state === "paid" || state === "failed" || state === "replaced",
    signal,
    pending,
    deadlineMs: 1_000 * (delaySec + SLACK_SEC),
  });
  check(ended);
  tellPaid(output, ended, money);
}

function releaseRefused(error: PaymentError, share: string): PaymentError {
  const text = `${share} can leave now: withdraw so much, or all without --now (${error.message})`;
  return new PaymentError("RELEASE_REFUSED", text, { cause: error });
}

/** No delay is waited for: only blocks. */
function isUnderWay(state: WithdrawalReply["state"]): boolean {
  return state === "requesting" || state === "releasing";
}

function tellPaid(output: Output, paid: WithdrawalReply, money: string): void {
  const to = toChecksumAddress(parseAddress(paid.to));
  output.event("done", { ...paid }, `${money} were paid to ${to} (${paid.txHash})`);
}

function check({ state, reason }: { readonly state: string; readonly reason: string | null }): void {
  if (state !== "failed" && state !== "replaced") return;
  throw new ChainError(
    "WITHDRAWAL_FAILED",
    `the withdrawal ended as "${state}"${reason === null ? "" : ` (${printable(reason)})`}: nothing was paid out by it`,
  );
}

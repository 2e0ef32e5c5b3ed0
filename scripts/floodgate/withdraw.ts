import { ChainError, InputError, PaymentError } from "../../protocol/errors.ts";
import { type Address, toChecksumAddress } from "../../protocol/ids.ts";
import { parseAmount, printable } from "../../protocol/units.ts";
import { openAccount, unlockWallet } from "./account.ts";
import type { Context } from "./command.ts";
import { formatMoney } from "./money.ts";
import { pollUntil } from "./poll.ts";

/** Time for the request to get into a block. */
const DEADLINE_SEC = 600;
/** Blocks and confirmations, beside the delay itself. */
const SLACK_SEC = 180;

/** Signs a withdrawal and lets T relay it; with `isWaiting` until T has paid it out. @throws {ChainError} WITHDRAWAL_FAILED; {PaymentError} BALANCE_TOO_LOW */
export async function withdraw(
  context: Context,
  { amount: text, to, isWaiting }: { readonly amount: string; readonly to: Address; readonly isWaiting: boolean },
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
  const body = { to, amount: amount.toString(), deadline, nonce: nonce.toString(), signature };
  const { id } = await client.withdraw(body, signal);
  const read = () => client.withdrawalById(id, signal);
  const pending = "the withdrawal is not confirmed yet: see `floodgate balance` in a while";
  const requested = await pollUntil({ read, isDone: ({ state }) => state !== "requesting", signal, pending });
  check(requested);
  const withdrawableAt = requested.withdrawableAt ?? info.now;
  const delaySec = Math.max(0, withdrawableAt - info.now);
  const money = formatMoney(amount, info.token);
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
  output.event("done", { ...ended }, `${money} were paid to ${toChecksumAddress(to)} (${ended.txHash})`);
}

function check({ state, reason }: { readonly state: string; readonly reason: string | null }): void {
  if (state !== "failed" && state !== "replaced") return;
  throw new ChainError(
    "WITHDRAWAL_FAILED",
    `the withdrawal ended as "${state}"${reason === null ? "" : ` (${printable(reason)})`}: nothing was paid out by it`,
  );
}

import { type Hex, parseEventLogs } from "viem";
import type { Contract } from "../../client/chain/contract.ts";
import { send } from "../../client/chain/sender.ts";
import { pollUntil } from "../../client/poll.ts";
import type { Wallet } from "../../client/wallet/wallet.ts";
import { InputError, PaymentError } from "../../protocol/base/errors.ts";
import { type Address, toChecksumAddress } from "../../protocol/base/ids.ts";
import { parseAmount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { encodeRequestWithdrawalFor, encodeWithdraw, encodeWithdrawFor } from "../../protocol/contract/calls.ts";
import { unlockWallet } from "../account/account.ts";
import { openGasPayer } from "../gas-payer.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";
import { type Exit, type ExitWish, isRequested, readExit } from "./exit.ts";
import { openHomeContract } from "./home-contract.ts";

export interface UnilateralOptions {
  readonly rpc: string;
  readonly amount: string;
  readonly to: Address;
  readonly isWaiting: boolean;
  readonly gasKeyFile: string | undefined;
}

/** Time for the request to get into a block. */
const DEADLINE_SEC = 600;
/** Blocks, beside the delay itself. */
const SLACK_SEC = 180;

/**
 * Takes money out without T: asks it back and, given again after the delay, withdraws it. How far it is, the contract
 * knows, so it may be killed anywhere. @throws {PaymentError} BALANCE_TOO_LOW, GAS_MISSING
 */
export async function withdrawUnilaterally(context: Context, options: UnilateralOptions): Promise<void> {
  const { output, signal } = context;
  const { to } = options;
  const contract = await openHomeContract(context.home, options.rpc);
  const amount = parseAmount(options.amount, contract.token.decimals);
  if (amount === 0n) throw new InputError("AMOUNT_INVALID", "the amount must be above zero");
  const wallet = await unlockWallet(context);
  const payer = options.gasKeyFile === undefined ? wallet : await openGasPayer(context, options.gasKeyFile);
  const wish = { amount, to, isSender: payer.address === wallet.address };
  const call = (data: Hex) => send(contract.rpc, payer, { to: contract.address, data }, signal);

  let exit = await readExit(contract, wallet.address);
  if (!isRequested(exit, wish)) {
    if (amount > exit.balance) throw balanceTooLow(contract, exit, wish);
    await call(await signRequest(contract, wallet, exit, wish));
    exit = await readExit(contract, wallet.address);
  }
  const { withdrawableAt, withdrawing, now } = exit;
  const request = { account: wallet.address, to, withdrawableAt };
  if (now < withdrawableAt) {
    const money = formatMoney(withdrawing, contract.token);
    const text = `${money} may leave in ${withdrawableAt - now} s: give the same command again then`;
    const fields = { ...request, state: "waiting", amount: withdrawing };
    output.event(options.isWaiting ? "requested" : "done", fields, text);
    if (!options.isWaiting) return;
    await pollUntil({
      read: () => readExit(contract, wallet.address),
      isDone: (later) => later.now >= withdrawableAt,
      signal,
      pending: "the delay is not over: give the same command again in a while",
      deadlineMs: 1_000 * (withdrawableAt - now + SLACK_SEC),
    });
  }
  const { logs, transactionHash } = await call(wish.isSender ? encodeWithdraw(to) : encodeWithdrawFor(wallet.address));
  const [paid] = parseEventLogs({ abi: floodgateAbi, logs, eventName: "Withdrawn" });
  const fields = { ...request, state: "paid", amount: paid?.args.amount ?? 0n, txHash: transactionHash };
  const text = `${formatMoney(fields.amount, contract.token)} were paid to ${toChecksumAddress(to)} (${transactionHash})`;
  output.event("done", fields, text);
}

async function signRequest(
  { separator }: Contract,
  wallet: Wallet,
  { nonce, now }: Exit,
  { amount, to }: ExitWish,
): Promise<Hex> {
  const withdrawal = { account: wallet.address, to, amount, deadline: now + DEADLINE_SEC, nonce };
  const signature = await wallet.signWithdrawal(separator, withdrawal);
  return encodeRequestWithdrawalFor(withdrawal, signature);
}

function balanceTooLow({ token }: Contract, { balance }: Exit, { amount }: ExitWish): PaymentError {
  return new PaymentError(
    "BALANCE_TOO_LOW",
    `the account has ${formatMoney(balance, token)}, not ${formatMoney(amount, token)}: withdraw less`,
  );
}

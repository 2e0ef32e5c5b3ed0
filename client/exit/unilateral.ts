import { type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import { PaymentError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { type Amount, formatMoney } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { encodeRequestWithdrawalFor, encodeWithdraw, encodeWithdrawFor } from "../../protocol/contract/calls.ts";
import type { Contract } from "../chain/contract.ts";
import { type GasPayer, send } from "../chain/sender.ts";
import { pollUntil } from "../poll.ts";
import type { Wallet } from "../wallet/wallet.ts";
import { type ContractWithdrawal, isRequested, readWithdrawal, type WithdrawalWish } from "./withdrawal-state.ts";

/**
 * Takes money out without the authority, in two steps: ask it back, and after the contract's delay
 * pay it out. The contract knows how far it is, so either step may be stopped anywhere and called
 * again.
 */
export interface Leaving {
  readonly contract: Contract;
  /** Signs the request. */
  readonly wallet: Wallet;
  /** Sends and pays both transactions; the wallet itself, or somebody else. */
  readonly gasPayer: GasPayer;
  /** Base units, above zero. */
  readonly amount: Amount;
  readonly to: Address;
}

/** An open request in the contract. Base units; seconds since 1970. */
export interface OpenRequest {
  /** Settlements and claims may have taken some of what was asked. */
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  /** The chain's clock when it was read. */
  readonly now: number;
}

/** Time for the request to get into a block. */
const DEADLINE_SEC = 600;
/** Blocks, beside the delay itself. */
const SLACK_SEC = 180;

/**
 * Asks the money back unless that is done.
 * @throws {PaymentError} BALANCE_TOO_LOW, GAS_MISSING; {ChainError} as `send`
 */
export async function requestExit(leaving: Leaving, signal: AbortSignal): Promise<OpenRequest> {
  const { contract, wallet, amount } = leaving;
  const state = await readWithdrawal(contract, wallet.address);
  if (isRequested(state, wishOf(leaving))) return state;
  if (amount > state.balance) throw balanceTooLow(contract, state, amount);
  await call(leaving, await signRequest(leaving, state), signal);
  return readWithdrawal(contract, wallet.address);
}

/**
 * Waits until a request may be paid out, by the chain's clock.
 * @throws {ChainError} STILL_PENDING, RPC_UNAVAILABLE
 */
export async function untilWithdrawable(
  { contract, wallet }: Pick<Leaving, "contract" | "wallet">,
  { withdrawableAt, now }: OpenRequest,
  signal: AbortSignal,
): Promise<void> {
  await pollUntil({
    read: () => readWithdrawal(contract, wallet.address),
    isDone: (later) => later.now >= withdrawableAt,
    signal,
    pending: "the delay is not over: give the same command again in a while",
    deadlineMs: 1_000 * (withdrawableAt - now + SLACK_SEC),
  });
}

/**
 * Pays the open request out. Base units.
 * @throws {ChainError} CONTRACT_REFUSED before the delay is over, and as `send`
 */
export async function payOut(
  leaving: Leaving,
  signal: AbortSignal,
): Promise<{ readonly amount: Amount; readonly txHash: Hex }> {
  const { wallet, to } = leaving;
  const data = wishOf(leaving).isSender ? encodeWithdraw(to) : encodeWithdrawFor(wallet.address);
  const { logs, transactionHash } = await call(leaving, data, signal);
  const [paid] = parseEventLogs({ abi: floodgateAbi, logs, eventName: "Withdrawn" });
  return { amount: paid?.args.amount ?? 0n, txHash: transactionHash };
}

function wishOf({ wallet, gasPayer, amount, to }: Leaving): WithdrawalWish {
  return { amount, to, isSender: gasPayer.address === wallet.address };
}

function call({ contract, gasPayer }: Leaving, data: Hex, signal: AbortSignal): Promise<TransactionReceipt> {
  return send(contract.rpc, gasPayer, { to: contract.address, data }, signal);
}

async function signRequest(
  { contract, wallet, amount, to }: Leaving,
  { nonce, now }: ContractWithdrawal,
): Promise<Hex> {
  const withdrawal = { account: wallet.address, to, amount, deadline: now + DEADLINE_SEC, nonce };
  return encodeRequestWithdrawalFor(withdrawal, await wallet.signWithdrawal(contract.separator, withdrawal));
}

function balanceTooLow({ token }: Contract, { balance }: ContractWithdrawal, amount: Amount): PaymentError {
  return new PaymentError(
    "BALANCE_TOO_LOW",
    `the account has ${formatMoney(balance, token)}, not ${formatMoney(amount, token)}: withdraw less`,
  );
}

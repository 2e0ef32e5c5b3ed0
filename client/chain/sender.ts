import { formatEther, type Hex, type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import { ChainError, invariant, PaymentError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { revertReason } from "../../protocol/contract/reverts.ts";
import { pollUntil } from "../poll.ts";
import type { GasTransaction } from "../wallet/wallet.ts";
import { chainCall, type Rpc } from "./rpc.ts";

/** Sends transactions and pays their gas: a wallet, or a key in memory. */
export interface GasPayer {
  readonly address: Address;
  signTransaction(transaction: GasTransaction): Promise<Hex>;
}

interface Call {
  readonly to: Address;
  readonly data?: Hex;
  readonly value?: bigint;
}

/** State may move between the estimate and the block: in percent of the estimate. */
const GAS_MARGIN = 130n;

/** `account`: viem's, of a private key. */
export function gasPayerOf(account: {
  readonly address: string;
  signTransaction(transaction: GasTransaction): Promise<Hex>;
}): GasPayer {
  const { address, signTransaction } = account;
  return { address: parseAddress(address), signTransaction: (transaction) => signTransaction(transaction) };
}

/**
 * Sends one transaction, after the node has tried it, and waits until it is in a block.
 * @throws {ChainError} CONTRACT_REFUSED, TX_REVERTED, STILL_PENDING, RPC_UNAVAILABLE;
 * {PaymentError} GAS_MISSING
 */
export async function send(rpc: Rpc, payer: GasPayer, call: Call, signal: AbortSignal): Promise<TransactionReceipt> {
  const [receipt] = await sendAll(rpc, payer, [call], signal);
  invariant(receipt !== undefined, "RECEIPT_MISSING", "one call has no receipt");
  return receipt;
}

/** `send` for calls that do not depend on each other: all in one block, if it has room. */
export async function sendAll(
  rpc: Rpc,
  payer: GasPayer,
  calls: readonly Call[],
  signal: AbortSignal,
): Promise<TransactionReceipt[]> {
  const transactions = await chainCall(rpc.url, () => prepare(rpc, payer, calls));
  const hashes: Hex[] = [];
  for (const transaction of transactions) {
    const serializedTransaction = await payer.signTransaction(transaction);
    hashes.push(await chainCall(rpc.url, () => rpc.client.sendRawTransaction({ serializedTransaction })));
  }
  return Promise.all(hashes.map((hash) => untilMined(rpc, hash, signal)));
}

async function prepare(rpc: Rpc, payer: GasPayer, calls: readonly Call[]): Promise<GasTransaction[]> {
  const { client, chainId } = rpc;
  const { address } = payer;
  const [estimates, fees, balance, nonce] = await Promise.all([
    Promise.all(calls.map((call) => estimateGas(rpc, payer, call))),
    client.estimateFeesPerGas(),
    client.getBalance({ address }),
    client.getTransactionCount({ address, blockTag: "pending" }),
  ]);
  const { maxFeePerGas, maxPriorityFeePerGas } = fees;
  const transactions = calls.map((call, i): GasTransaction => {
    const gas = ((estimates[i] ?? 0n) * GAS_MARGIN) / 100n;
    return { ...call, type: "eip1559", chainId, gas, maxFeePerGas, maxPriorityFeePerGas, nonce: nonce + i };
  });
  const cost = transactions.reduce((sum, { gas = 0n, value = 0n }) => sum + gas * maxFeePerGas + value, 0n);
  if (balance < cost) throw gasMissing(address, balance, cost);
  return transactions;
}

async function untilMined(rpc: Rpc, hash: Hex, signal: AbortSignal): Promise<TransactionReceipt> {
  const receipt = await pollUntil({
    read: () => findReceipt(rpc, hash),
    isDone: (found) => found !== null,
    signal,
    pending: `transaction ${hash} is in no block yet: look up what has become of it before you give the command again`,
  });
  if (receipt?.status === "success") return receipt;
  throw new ChainError("TX_REVERTED", `the chain reverted ${hash}: give the command again, state has moved`);
}

async function estimateGas({ client }: Rpc, payer: GasPayer, call: Call): Promise<bigint> {
  try {
    return await client.estimateGas({ ...call, account: payer.address });
  } catch (error) {
    const reason = revertReason(error);
    if (reason === null) throw error;
    throw new ChainError("CONTRACT_REFUSED", `the contract refuses: ${reason}`, { cause: error });
  }
}

async function findReceipt({ client, url }: Rpc, hash: Hex): Promise<TransactionReceipt | null> {
  return chainCall(url, async () => {
    try {
      return await client.getTransactionReceipt({ hash });
    } catch (error) {
      if (error instanceof TransactionReceiptNotFoundError) return null;
      throw error;
    }
  });
}

function gasMissing(address: Address, balance: bigint, cost: bigint): PaymentError {
  return new PaymentError(
    "GAS_MISSING",
    `${address} has ${formatEther(balance)} ETH for gas, and needs ${formatEther(cost)}: send it some (devnet: \`floodgate faucet --to ${address}\`), or give --gas-key-file`,
  );
}

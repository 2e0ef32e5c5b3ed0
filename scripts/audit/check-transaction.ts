import { Transaction, type TransactionResponse } from "ethers";
import type { Hex } from "./facts.ts";
import { inconsistent } from "./rpc-errors.ts";

/** Types whose hash is that of fields that every node shows: before EIP-2930, EIP-2930 and EIP-1559. */
const KNOWN_TYPES = [0, 1, 2];

/**
 * That a transaction is the one of this hash, and from whom it says: both follow from its content.
 * @throws {ChainError} RPC_INCONSISTENT
 */
export function checkTransaction(transaction: TransactionResponse, hash: Hex, block: number): void {
  if (transaction.hash !== hash || transaction.blockNumber !== block)
    throw inconsistent(`it gave another transaction than ${hash} of block ${block}`);
  const { type, to, from, nonce, gasLimit, data, value, chainId, signature, accessList } = transaction;
  if (!KNOWN_TYPES.includes(type)) return;
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const prices = type === 2 ? { maxFeePerGas, maxPriorityFeePerGas } : { gasPrice };
  const list = type === 0 ? {} : { accessList };
  try {
    // Before EIP-155 there was no chain id.
    const chain = type === 0 && signature.legacyChainId === null ? {} : { chainId };
    // Throws when hash or sender is another.
    Transaction.from({ type, to, from, nonce, gasLimit, data, value, signature, hash, ...chain, ...prices, ...list });
  } catch {
    throw inconsistent(`the content of transaction ${hash} has another hash or another sender`);
  }
}

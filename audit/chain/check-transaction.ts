import { Transaction, type TransactionResponse } from "ethers";
import { concatBytes, hexToBytes } from "../../protocol/base/bytes.ts";
import { InvariantError } from "../../protocol/base/errors.ts";
import { addressOf } from "../facts/checksum.ts";
import { keccakOf } from "../facts/keccak.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { recoverDigest } from "../signatures/native-signatures.ts";
import { encodeRlp, numberBytes, type Rlp } from "./rlp.ts";
import { inconsistent } from "./rpc-errors.ts";

/**
 * Checks that a transaction has this hash and was sent by its stated sender: both follow from its
 * content.
 * @throws {ChainError} RPC_INCONSISTENT
 */
export function checkTransaction(transaction: TransactionResponse, hash: Hex, block: number): void {
  if (transaction.hash !== hash || transaction.blockNumber !== block)
    throw inconsistent(`it gave another transaction than ${hash} of block ${block}`);
  const fields = fieldsOf(transaction);
  // A type that only some chains have: the node's word counts.
  if (fields === null) return;
  const { r, s, yParity } = transaction.signature;
  const signed = encode(transaction.type, [...fields, numberBytes(yParity), number(r), number(s)]);
  const isHash = `0x${keccakOf(signed)}` === hash;
  if (isHash && senderOf(transaction, fields) === addressOf(transaction.from)) return;
  // Ours may be the mistake.
  if (isRightToEthers(transaction))
    throw new InvariantError("ENGINES_DISAGREE", `two engines disagree on transaction ${hash}: report this bug`);
  throw inconsistent(`the content of transaction ${hash} has another hash or another sender`);
}

/**
 * What the sender signs, for EIP-2930 and EIP-1559. Null: another type, which is taken on the
 * node's word.
 */
function fieldsOf(transaction: TransactionResponse): Rlp[] | null {
  const { type, chainId, nonce, gasPrice, maxFeePerGas, maxPriorityFeePerGas, gasLimit, to, value, data } = transaction;
  if (type !== 1 && type !== 2) return null;
  const prices = type === 1 ? [gasPrice] : [maxPriorityFeePerGas, maxFeePerGas];
  const numbers = [chainId, nonce, ...prices, gasLimit].map(numberBytes);
  const list = (transaction.accessList ?? []).map(({ address, storageKeys }) => [
    hexToBytes(address),
    storageKeys.map(hexToBytes),
  ]);
  return [...numbers, hexToBytes(to ?? "0x"), numberBytes(value), hexToBytes(data), list];
}

function senderOf({ type, signature: { r, s, yParity } }: TransactionResponse, fields: Rlp[]): Address | null {
  const digest = hexToBytes(keccakOf(encode(type, fields)));
  return recoverDigest(digest, concatBytes(hexToBytes(r), hexToBytes(s)), yParity);
}

function isRightToEthers(transaction: TransactionResponse): boolean {
  const { type, to, from, nonce, gasLimit, data, value, chainId, signature, accessList, hash } = transaction;
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const prices = type === 2 ? { maxFeePerGas, maxPriorityFeePerGas } : { gasPrice };
  try {
    // Throws when hash or sender is another.
    Transaction.from({ type, to, from, nonce, gasLimit, data, value, chainId, signature, accessList, hash, ...prices });
    return true;
  } catch {
    return false;
  }
}

/** EIP-2718. */
function encode(type: number, fields: Rlp): Uint8Array {
  return concatBytes(Uint8Array.of(type), encodeRlp(fields));
}

function number(hex: Hex): Uint8Array {
  return numberBytes(BigInt(hex));
}

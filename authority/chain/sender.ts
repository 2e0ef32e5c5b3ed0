import { keccak256, type Log, type PublicClient, TransactionReceiptNotFoundError } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { Hex } from "../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { revertReason } from "../../protocol/contract/reverts.ts";
import type { Block } from "./block.ts";
import type { Reach } from "./reach.ts";

/** Transactions of the authority's operator. */
export interface Sender {
  readonly operator: Address;
  /** Tries a transaction on the newest block. */
  simulate(to: Address, data: Hex): Promise<Simulation>;
  sign(transaction: { nonce: number; to: Address; data: Hex; gas: bigint }): Promise<SignedTransaction>;
  /** May send again what was sent before: a node that knows it already is no error. */
  send(raw: Hex): Promise<void>;
  /** Null while the transaction is in no block. */
  receipt(hash: Hex): Promise<Receipt | null>;
  /**
   * How many transactions of the operator the chain holds up to the newest or the confirmed block.
   */
  nonceAt(block: "latest" | "confirmed"): Promise<number>;
}

export type Simulation = { readonly ok: true; readonly gas: bigint } | { readonly ok: false; readonly reason: string };

export interface SignedTransaction {
  readonly raw: Hex;
  readonly hash: Hex;
}

export interface Receipt {
  readonly block: number;
  readonly isSuccess: boolean;
  readonly gasUsed: bigint;
  readonly logs: readonly Log[];
}

/** What nodes answer to a transaction that they, or the chain, hold already. */
const ALREADY_SENT = /already known|already imported|known transaction|nonce.{0,20}too low|already been used/i;

export function createSender({
  client,
  signer,
  chainId,
  confirmed,
  reach,
}: {
  readonly client: PublicClient;
  readonly signer: PrivateKeyAccount;
  readonly chainId: number;
  readonly confirmed: () => Block;
  readonly reach: Reach;
}): Sender {
  const operator = parseAddress(signer.address);
  return {
    operator,
    simulate: (to, data) => reach(() => simulate(client, operator, to, data)),
    sign: ({ nonce, to, data, gas }) =>
      reach(async () => {
        const fees = await client.estimateFeesPerGas();
        const raw = await signer.signTransaction({
          type: "eip1559",
          chainId,
          nonce,
          to,
          data,
          gas,
          // Double the base fee: the transaction stays payable for six full blocks.
          maxFeePerGas: fees.maxFeePerGas * 2n,
          maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
        });
        return { raw, hash: keccak256(raw) };
      }),
    send: (raw) =>
      reach(async () => {
        try {
          await client.sendRawTransaction({ serializedTransaction: raw });
        } catch (error) {
          if (!ALREADY_SENT.test(String(error))) throw error;
        }
      }),
    receipt: (hash) => reach(() => readReceipt(client, hash)),
    nonceAt: (block) =>
      reach(() =>
        client.getTransactionCount({
          address: operator,
          ...(block === "latest" ? { blockTag: "latest" } : { blockNumber: BigInt(confirmed().number) }),
        }),
      ),
  };
}

async function simulate(client: PublicClient, operator: Address, to: Address, data: Hex): Promise<Simulation> {
  try {
    const estimate = await client.estimateGas({ account: operator, to, data });
    // Room for what may change before the transaction is mined.
    return { ok: true, gas: (estimate * 5n) / 4n + 10_000n };
  } catch (error) {
    const reason = revertReason(error);
    if (reason === null) throw error;
    return { ok: false, reason };
  }
}

async function readReceipt(client: PublicClient, hash: Hex): Promise<Receipt | null> {
  try {
    const { blockNumber, status, gasUsed, logs } = await client.getTransactionReceipt({ hash });
    return { block: Number(blockNumber), isSuccess: status === "success", gasUsed, logs };
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
}

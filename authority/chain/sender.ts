import { keccak256, type Log, type PublicClient, TransactionReceiptNotFoundError } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { Hex } from "../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { revertReason } from "../../protocol/contract/reverts.ts";
import type { Block } from "./block.ts";
import type { Reach } from "./reach.ts";
import type { Fees, GasPrice } from "./transactions/fees.ts";
import { classifyRefusal, isNodeAnswer, type SendAnswer } from "./transactions/node-errors.ts";

/** Transactions of the authority's operator. */
export interface Sender {
  readonly operator: Address;
  /** Tries a transaction on the newest block. */
  simulate(to: Address, data: Hex): Promise<Simulation>;
  sign(transaction: UnsignedTransaction): Promise<SignedTransaction>;
  /** May send again what was sent before. `text`: what the node said, if it did not take it. */
  send(raw: Hex): Promise<{ readonly answer: SendAnswer; readonly text: string }>;
  /** Null while the transaction is in no block. */
  receipt(hash: Hex): Promise<Receipt | null>;
  /**
   * How many transactions of `sender`, or of the operator, the chain holds up to the newest or the
   * confirmed block.
   */
  nonceAt(block: "latest" | "confirmed", sender?: Address): Promise<number>;
  readGasPrice(): Promise<GasPrice>;
  /** The operator's, wei. */
  readGasBalance(): Promise<bigint>;
}

export type Simulation = { readonly ok: true; readonly gas: bigint } | { readonly ok: false; readonly reason: string };

export interface UnsignedTransaction {
  readonly nonce: number;
  readonly to: Address;
  readonly data: Hex;
  readonly gas: bigint;
  readonly fees: Fees;
}

export interface SignedTransaction {
  readonly raw: Hex;
  readonly hash: Hex;
}

export interface Receipt {
  readonly block: number;
  readonly blockHash: Hex;
  readonly isSuccess: boolean;
  readonly gasUsed: bigint;
  readonly logs: readonly Log[];
}

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
    async sign({ fees, ...call }) {
      const raw = await signer.signTransaction({ type: "eip1559", chainId, ...call, ...fees });
      return { raw, hash: keccak256(raw) };
    },
    send: (raw) =>
      reach(async () => {
        try {
          await client.sendRawTransaction({ serializedTransaction: raw });
          return { answer: "taken", text: "" };
        } catch (error) {
          const answer = classifyRefusal(error);
          if (answer === "unknown" && !isNodeAnswer(error)) throw error;
          return { answer, text: firstLine(error) };
        }
      }),
    receipt: (hash) => reach(() => readReceipt(client, hash)),
    nonceAt: (block, sender = operator) =>
      reach(() =>
        client.getTransactionCount({
          address: sender,
          ...(block === "latest" ? { blockTag: "latest" } : { blockNumber: BigInt(confirmed().number) }),
        }),
      ),
    readGasPrice: () =>
      reach(async () => {
        const [{ baseFeePerGas }, priorityFee] = await Promise.all([
          client.getBlock({ blockTag: "latest" }),
          client.estimateMaxPriorityFeePerGas(),
        ]);
        return { baseFee: baseFeePerGas ?? 0n, priorityFee };
      }),
    readGasBalance: () => reach(() => client.getBalance({ address: operator })),
  };
}

/** What the node said, without what viem adds: its request has the URL. */
function firstLine(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { details } = at as { details?: unknown };
    if (typeof details === "string" && details !== "") return (details.split("\n")[0] ?? "").slice(0, 200);
  }
  return "it gave no reason";
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
    const { blockNumber, blockHash, status, gasUsed, logs } = await client.getTransactionReceipt({ hash });
    return { block: Number(blockNumber), blockHash, isSuccess: status === "success", gasUsed, logs };
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
}

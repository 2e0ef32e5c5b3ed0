import { keccak256, type Log, type PublicClient, TransactionReceiptNotFoundError } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { revertReason } from "../../protocol/contract/reverts.ts";
import type { Block } from "./block.ts";
import type { Reach } from "./reach.ts";
import type { Fees, GasPrice } from "./transactions/fees.ts";
import { classifyRefusal, isNodeAnswer, type SendAnswer } from "./transactions/node-errors.ts";

/** The authority's keys: as an operator it sends with the one that the contract names. */
export interface Operators {
  readonly operator: { readonly address: Address; readonly secret: Uint8Array };
  operatorOf(address: Address): { readonly secret: Uint8Array } | undefined;
  readonly own: { readonly operators: readonly Address[]; readonly allotters: readonly Address[] };
}

/** Transactions of the authority's operator. */
export interface Sender {
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
  /** Wei of `sender`, or of the operator. */
  readGasBalance(sender?: Address): Promise<bigint>;
}

export type Simulation = { readonly ok: true; readonly gas: bigint } | { readonly ok: false; readonly reason: string };

export interface UnsignedTransaction {
  /** One of the operator's keys. */
  readonly from: Address;
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
  operators,
  chainId,
  confirmed,
  reach,
}: {
  readonly client: PublicClient;
  readonly operators: Operators;
  readonly chainId: number;
  readonly confirmed: () => Block;
  readonly reach: Reach;
}): Sender {
  const own = (): Address => operators.operator.address;
  return {
    simulate: (to, data) => reach(() => simulate(client, own(), to, data)),
    async sign({ from, fees, ...call }) {
      const key = operators.operatorOf(from);
      invariant(key !== undefined, "OPERATOR_KEY", `the key of ${from} is not here`);
      const signer = privateKeyToAccount(bytesToHex(key.secret));
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
    nonceAt: (block, sender = own()) =>
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
    readGasBalance: (sender = own()) => reach(() => client.getBalance({ address: sender })),
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

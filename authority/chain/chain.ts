import {
  createPublicClient,
  http,
  keccak256,
  type Log,
  type PublicClient,
  TransactionReceiptNotFoundError,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { readTokenOf } from "../../protocol/contract/reads.ts";
import { revertReason } from "../../protocol/contract/reverts.ts";
import type { ConfirmedBlock } from "../allotments/reservations.ts";
import type { AuthorityConfig } from "../config.ts";
import { type ChainReads, createChainReads } from "./reads.ts";

/** T's only way to the chain. Every call can fail with ChainError RPC_UNAVAILABLE: nothing was changed then. */
export interface Chain extends ChainReads {
  readonly facts: ChainFacts;
  readonly operator: Address;
  /** The newest block, and H: the newest block that `confirmations` blocks follow. As of the last `poll`. */
  readonly latest: ConfirmedBlock;
  readonly confirmed: ConfirmedBlock;
  poll(): Promise<void>;
  /** Whether the wallet (EOA or ERC-1271) signed the text. */
  verifyMessage(address: Address, message: string, signature: Hex): Promise<boolean>;
  /** Tries a transaction of T's operator on the newest block. */
  simulate(to: Address, data: Hex): Promise<Simulation>;
  sign(transaction: { nonce: number; to: Address; data: Hex; gas: bigint }): Promise<SignedTransaction>;
  /** Sends again what may have been sent before: a node that knows it already is no error. */
  send(raw: Hex): Promise<void>;
  receipt(hash: Hex): Promise<Receipt | null>;
  /** Transactions of T's operator up to the newest or the confirmed block. */
  nonceAt(block: "latest" | "confirmed"): Promise<number>;
}

export interface ChainFacts {
  readonly chainId: number;
  readonly contract: Address;
  readonly token: { readonly address: Address; readonly symbol: string; readonly decimals: number };
  /** A and CW, seconds. */
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
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

/** Gas of one transaction (EIP-7825). */
const MAX_TRANSACTION_GAS = 16_777_216n;

/** Connects, and refuses a chain on which T could not work. @throws {ChainError} RPC_UNAVAILABLE; {InputError} CONTRACT_MISSING, OPERATOR_WRONG, ALLOTTER_UNKNOWN */
export async function connectChain(config: AuthorityConfig, allotter: Address): Promise<Chain> {
  const client = createPublicClient({ transport: http(config.chain.rpcUrl, { retryCount: 2, timeout: 10_000 }) });
  const signer = privateKeyToAccount(bytesToHex(config.operatorKey));
  const facts = await reach(config, () => readFacts(client, config.chain.contract));
  const chain = createChain(client, signer, facts, config);
  await chain.poll();
  await checkRoles(client, config.chain.contract, chain.operator, allotter);
  return chain;
}

async function readFacts(client: PublicClient, contract: Address): Promise<ChainFacts> {
  const chainId = await client.getChainId();
  if ((await client.getCode({ address: contract })) === undefined) {
    throw new InputError(
      "CONTRACT_MISSING",
      `there is no contract at ${contract}: run floodgate deploy, or check --contract and --rpc`,
    );
  }
  const at = { address: contract, abi: floodgateAbi } as const;
  const [token, allotmentPeriodSec, claimPeriodSec] = await Promise.all([
    readTokenOf(client, contract),
    client.readContract({ ...at, functionName: "allotmentPeriod" }),
    client.readContract({ ...at, functionName: "claimPeriod" }),
  ]);
  return { chainId, contract, token, allotmentPeriodSec, claimPeriodSec };
}

async function checkRoles(
  client: PublicClient,
  contract: Address,
  operator: Address,
  allotter: Address,
): Promise<void> {
  const at = { address: contract, abi: floodgateAbi } as const;
  const expected = parseAddress(await client.readContract({ ...at, functionName: "operator" }));
  if (expected !== operator)
    throw new InputError(
      "OPERATOR_WRONG",
      `the contract's operator is ${expected}, the operator key is of ${operator}: use the right key`,
    );
  const { isCurrent } = await client.readContract({ ...at, functionName: "allotterOf", args: [allotter] });
  if (!isCurrent)
    throw new InputError(
      "ALLOTTER_UNKNOWN",
      `${allotter} is no allotter of the contract: use the right key, or let the owner add it`,
    );
}

function createChain(
  client: PublicClient,
  signer: PrivateKeyAccount,
  facts: ChainFacts,
  config: AuthorityConfig,
): Chain {
  const operator = parseAddress(signer.address);
  const call = <T>(action: () => Promise<T>): Promise<T> => reach(config, action);
  let latest: ConfirmedBlock = { number: 0, timestamp: 0 };
  let confirmed: ConfirmedBlock = latest;

  const blockAt = async (number: number): Promise<ConfirmedBlock> => {
    const block = await client.getBlock({ blockNumber: BigInt(number) });
    return { number, timestamp: Number(block.timestamp) };
  };

  return {
    facts,
    operator,
    get latest() {
      return latest;
    },
    get confirmed() {
      return confirmed;
    },
    poll: () =>
      call(async () => {
        const block = await client.getBlock({ blockTag: "latest" });
        const number = Number(block.number);
        if (number === latest.number && Number(block.timestamp) === latest.timestamp) return;
        // Reads before the contract's creation would fail; until then nobody has money anyway.
        const height = Math.max(number - config.chain.confirmations, Math.min(config.chain.deployedAtBlock, number));
        confirmed = await blockAt(height);
        latest = { number, timestamp: Number(block.timestamp) };
      }),
    ...createChainReads({ client, facts, operator, call }),
    verifyMessage: (address, message, signature) => call(() => client.verifyMessage({ address, message, signature })),
    simulate: (to, data) =>
      call(async (): Promise<Simulation> => {
        try {
          const estimate = await client.estimateGas({ account: operator, to, data });
          // Room for what may change before the transaction is mined.
          const gas = (estimate * 5n) / 4n + 10_000n;
          return { ok: true, gas: gas < MAX_TRANSACTION_GAS ? gas : MAX_TRANSACTION_GAS };
        } catch (error) {
          const reason = revertReason(error);
          if (reason === null) throw error;
          return { ok: false, reason };
        }
      }),
    sign: ({ nonce, to, data, gas }) =>
      call(async () => {
        const fees = await client.estimateFeesPerGas();
        const raw = await signer.signTransaction({
          type: "eip1559",
          chainId: facts.chainId,
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
      call(async () => {
        try {
          await client.sendRawTransaction({ serializedTransaction: raw });
        } catch (error) {
          if (
            !/already known|already imported|known transaction|nonce.{0,20}too low|already been used/i.test(
              String(error),
            )
          )
            throw error;
        }
      }),
    receipt: (hash) =>
      call(async () => {
        try {
          const receipt = await client.getTransactionReceipt({ hash });
          const { blockNumber, status, gasUsed, logs } = receipt;
          return { block: Number(blockNumber), isSuccess: status === "success", gasUsed, logs };
        } catch (error) {
          if (error instanceof TransactionReceiptNotFoundError) return null;
          throw error;
        }
      }),
    nonceAt: (block) =>
      call(() =>
        client.getTransactionCount({
          address: operator,
          ...(block === "latest" ? { blockTag: "latest" } : { blockNumber: BigInt(confirmed.number) }),
        }),
      ),
  };
}

/** Turns whatever a node or the way to it does wrong into one ChainError; our own errors pass. */
async function reach<T>(config: AuthorityConfig, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof InputError || error instanceof ChainError) throw error;
    // The URL's path and query may hold an API key.
    throw new ChainError(
      "RPC_UNAVAILABLE",
      `no usable answer from the chain at ${new URL(config.chain.rpcUrl).host}: check that it runs, and --rpc`,
      {
        cause: error,
      },
    );
  }
}

import { type Abi, decodeFunctionResult, encodeDeployData, encodeFunctionData } from "viem";
import { readArtifact } from "../../../cli/deploy/contracts.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import type { Node } from "./node.ts";

/** One call of the contract: function and arguments. */
export type Step = readonly [functionName: string, ...args: readonly unknown[]];

/**
 * A contract on a node whose clock only this program moves. Every transaction has a block of its
 * own.
 */
export interface Chain {
  readonly contract: Address;
  readonly token: Address;
  /** The last block and its time, seconds since 1970. */
  last(): { readonly block: number; readonly time: number };
  /** Throws if the transaction is reverted. Its contract's address if it creates one. */
  send(from: Address, to: Address | undefined, data: Hex): Promise<Address | null>;
  /** Throws if the call is reverted. */
  call(from: Address, ...step: Step): Promise<void>;
  multicall(from: Address, steps: readonly Step[]): Promise<void>;
  /** Gives somebody tokens, and lets the contract take them. */
  fund(account: Address): Promise<void>;
  view<T>(...step: Step): Promise<T>;
  /** Delays the next block. */
  pass(seconds: number): void;
  /** A block without a transaction. */
  mine(): Promise<void>;
}

export interface ContractConfig {
  readonly allotmentPeriod: number;
  readonly claimPeriod: number;
  readonly owner: Address;
  readonly operator: Address;
  readonly allotter: Address;
  readonly bondBudget: bigint;
  readonly feeRecipient: Address;
  readonly feeBps: number;
}

const SECONDS_PER_BLOCK = 1;
/** Of one transaction since Osaka (EIP-7825). */
const GAS_LIMIT = "0x1000000";
const PLENTY = 10n ** 15n;

/** The calldata of a step. */
export function encode([functionName, ...args]: Step, abi: Abi = floodgateAbi as Abi): Hex {
  return encodeFunctionData({ abi, functionName, args });
}

/** `rich` gets tokens, and lets the contract take them. */
export async function openContract(node: Node, config: ContractConfig, rich: Address): Promise<Chain> {
  const { number, timestamp } = (await node.request({
    method: "eth_getBlockByNumber",
    params: ["latest", false],
  })) as { readonly number: Hex; readonly timestamp: Hex };
  let [block, time, waited] = [Number(number), Number(timestamp), 0];

  const advance = async (): Promise<void> => {
    time += SECONDS_PER_BLOCK + waited;
    waited = 0;
    block++;
    await node.request({ method: "evm_setNextBlockTimestamp", params: [time] });
  };
  const send: Chain["send"] = async (from, to, data) => {
    await advance();
    const transaction = { from, ...(to && { to }), data, gas: GAS_LIMIT };
    const hash = await node.request({ method: "eth_sendTransaction", params: [transaction] });
    if (to) return null;
    const receipt = await node.request({ method: "eth_getTransactionReceipt", params: [hash] });
    return (receipt as { readonly contractAddress: Address }).contractAddress;
  };
  const deploy = async (name: "Floodgate" | "TestDollar", args: readonly unknown[]): Promise<Address> => {
    const { abi, bytecode } = readArtifact(name);
    return (await send(rich, undefined, encodeDeployData({ abi, bytecode, args }))) as Address;
  };

  const token = await deploy("TestDollar", []);
  const contract = await deploy("Floodgate", [{ token, ...config }]);
  const fund = async (account: Address): Promise<void> => {
    await send(account, token, encode(["mint", account, PLENTY], testDollarAbi as Abi));
    await send(account, token, encode(["approve", contract, PLENTY], testDollarAbi as Abi));
  };
  await fund(rich);

  return {
    contract,
    token,
    send,
    last: () => ({ block, time }),
    async call(from, ...step) {
      await send(from, contract, encode(step));
    },
    async multicall(from, steps) {
      await send(from, contract, encode(["multicall", steps.map((step) => encode(step))]));
    },
    fund,
    async view<T>(...step: Step): Promise<T> {
      const request = { method: "eth_call", params: [{ to: contract, data: encode(step) }, "latest"] };
      const data = (await node.request(request)) as Hex;
      return decodeFunctionResult({ abi: floodgateAbi as Abi, functionName: step[0], data }) as T;
    },
    pass(seconds) {
      waited += seconds;
    },
    async mine() {
      await advance();
      await node.request({ method: "evm_mine" });
    },
  };
}

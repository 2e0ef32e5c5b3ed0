import {
  type Abi,
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  type Hex,
  http,
  type LocalAccount,
  parseEther,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { deployFloodgate } from "../../../cli/deploy/contracts.ts";
import { devnetAccount } from "../../../cli/devnet/devnet-keys.ts";
import { startDevnet } from "../../../cli/devnet/devnet-node.ts";
import { hexToBytes } from "../../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";

/** A secp256k1 key that signs off-chain. */
export interface Key {
  readonly secret: Uint8Array;
  readonly address: Address;
}

/** A customer: a wallet, and the session key of its peer. */
export interface Party {
  readonly wallet: LocalAccount;
  readonly account: Address;
  readonly session: Key;
}

/** One call of the contract: function and arguments. */
export type Step = readonly [functionName: string, ...args: readonly unknown[]];

/** A devnet with a contract on it, and hands to act with. Every transaction is mined at once, and must succeed. */
export interface Stage extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly contract: Address;
  readonly token: Address;
  /** Owner, operator and recipient of fees at first. */
  readonly root: LocalAccount;
  readonly allotter: Key;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  call(from: LocalAccount, ...step: Step): Promise<void>;
  callToken(from: LocalAccount, ...step: Step): Promise<void>;
  /** Calls one after the other in one transaction. */
  multicall(from: LocalAccount, ...steps: readonly Step[]): Promise<void>;
  /** Sends the call through another contract, which is then the contract's `msg.sender`. */
  forward(from: LocalAccount, ...step: Step): Promise<void>;
  deploy(runtimeCode: Hex): Promise<Address>;
  createParty(): Promise<Party>;
  /** Of the last block, seconds since 1970. */
  now(): Promise<number>;
  pass(seconds: number): Promise<void>;
}

/** A and CW, seconds. */
export const PERIOD = 120;

/** What claims on the first allotter's allotments may take from the bond. */
export const BOND_BUDGET = 1_000_000n;

/** Calls the address of its first 20 bytes with the rest of its calldata, and reverts if that does. */
const FORWARDER: Hex = "0x601436038060145f375f5f825f5f5f3560601c5af1601b575f5ffd5b00";

export function createKey(): Key {
  const secret = hexToBytes(generatePrivateKey());
  return { secret, address: addressOfKey(publicKeyOf(secret)) };
}

export async function openStage(): Promise<Stage> {
  const { signal } = new AbortController();
  const devnet = await startDevnet({ port: 0, host: "127.0.0.1", chainId: 31_337, signal });
  const chain = defineChain({
    id: 31_337,
    name: "devnet",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [devnet.rpcUrl] } },
  });
  const client = createPublicClient({ chain, transport: http(), pollingInterval: 20 });
  const rpc = (method: string, ...params: readonly unknown[]): Promise<unknown> =>
    client.request({ method, params } as never) as Promise<unknown>;
  const root = devnetAccount(0);
  const owner = parseAddress(root.address);
  const allotter = createKey();
  const { floodgate: contract, token } = await deployFloodgate({
    rpcUrl: devnet.rpcUrl,
    deployer: root as unknown as Parameters<typeof deployFloodgate>[0]["deployer"],
    allotmentPeriodSec: PERIOD,
    claimPeriodSec: PERIOD,
    owner,
    operator: owner,
    allotter: allotter.address,
    bondBudget: BOND_BUDGET,
    feeRecipient: owner,
    feeBps: 100,
  });

  const send = async (
    account: LocalAccount,
    transaction: { readonly to?: Address; readonly data?: Hex; readonly value?: bigint },
  ) => {
    const wallet = createWalletClient({ account, chain, transport: http() });
    const hash = await wallet.sendTransaction({ gas: 5_000_000n, ...transaction });
    await rpc("evm_mine");
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== "success") throw new Error(`a transaction was reverted: ${transaction.data?.slice(0, 10)}`);
    return receipt;
  };
  const encode = ([functionName, ...args]: Step, abi: Abi = floodgateAbi as Abi): Hex =>
    encodeFunctionData({ abi, functionName, args });
  const deploy = async (runtimeCode: Hex): Promise<Address> => {
    const length = (runtimeCode.length / 2 - 1).toString(16).padStart(2, "0");
    const { contractAddress } = await send(root, { data: `0x60${length}8060095f395ff3${runtimeCode.slice(2)}` });
    return parseAddress(contractAddress as string);
  };
  const forwarder = await deploy(FORWARDER);

  return {
    rpcUrl: devnet.rpcUrl,
    contract,
    token,
    root,
    allotter,
    rpc,
    deploy,
    async call(from, ...step) {
      await send(from, { to: contract, data: encode(step) });
    },
    async callToken(from, ...step) {
      await send(from, { to: token, data: encode(step, testDollarAbi as Abi) });
    },
    async multicall(from, ...steps) {
      await send(from, { to: contract, data: encode(["multicall", steps.map((step) => encode(step))]) });
    },
    async forward(from, ...step) {
      await send(from, { to: forwarder, data: `0x${contract.slice(2)}${encode(step).slice(2)}` });
    },
    async createParty() {
      const wallet = privateKeyToAccount(generatePrivateKey());
      const account = parseAddress(wallet.address);
      await send(root, { to: account, value: parseEther("1") });
      return { wallet, account, session: createKey() };
    },
    async now() {
      const { timestamp } = await client.getBlock();
      return Number(timestamp);
    },
    async pass(seconds) {
      await rpc("evm_increaseTime", seconds);
      await rpc("evm_mine");
    },
    [Symbol.asyncDispose]: () => devnet[Symbol.asyncDispose](),
  };
}

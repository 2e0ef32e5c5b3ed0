import hre from "hardhat";
import { encodeDeployData, encodeFunctionData, type Log, parseEventLogs } from "viem";
import { buildContracts, readArtifact } from "../../../cli/deploy/contracts.ts";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import { type DomainSeparator, hashDomain } from "../../../protocol/signed/typed-data.ts";
import { type Person, people, person } from "./people.ts";

/**
 * A chain inside this process with the shipped build on it; every run is the same, transaction by
 * transaction.
 */
export interface GasChain {
  readonly separator: DomainSeparator;
  readonly floodgate: Address;
  readonly cast: Cast;
  /** Mines one transaction of its own. @returns its gas, intrinsic and calldata included */
  send(from: Person, to: Address, data: Hex): Promise<bigint>;
  /**
   * Mines a `settle` by the operator. @param gasLimit of the transaction
   * @returns its gas; it throws if the batch did not pay `total`
   */
  settle(batch: Uint8Array, total: bigint, gasLimit?: bigint): Promise<bigint>;
  /** Puts the clock forward. */
  pass(seconds: number): Promise<void>;
  /** As JSON-RPC asks a node. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
}

export interface Cast {
  /** Owner, operator and current allotter. */
  readonly authority: Person;
  readonly feeRecipient: Person;
  readonly payers: readonly Person[];
  readonly sessions: readonly Person[];
  readonly payees: readonly Person[];
}

export const DEPOSIT = 10n ** 12n;
const FEE_BPS = 100;
export const PERIOD_SEC = 3_600;
/** What a session may spend: people sign a limit, and the contract counts against it. */
const SESSION_LIMIT = 2n ** 60n;
/** Behind all that the benchmark waits for. */
export const FAR_FUTURE = 1_900_000_000;

const CHAIN_ID = 31_337;
export const START_SEC = 1_800_000_000;
/** Of one transaction since Osaka (EIP-7825). */
const GAS_LIMIT = 16_777_216n;

export async function startGasChain(payerCount: number, payeeCount: number): Promise<GasChain> {
  await buildContracts();
  const cast: Cast = {
    authority: person("authority"),
    feeRecipient: person("fee recipient"),
    payers: people("payer", payerCount),
    sessions: people("session", payerCount),
    payees: people("payee", payeeCount),
  };
  const senders = [cast.authority, ...cast.payers, ...cast.payees];
  const { provider } = await hre.network.create({
    network: "default",
    override: {
      chainId: CHAIN_ID,
      hardfork: "osaka",
      initialDate: new Date(1_000 * START_SEC),
      accounts: senders.map(({ privateKey }) => ({ privateKey: bytesToHex(privateKey), balance: 10n ** 24n })),
    },
  });

  const mine = async (from: Person, to: Address | undefined, data: Hex, gasLimit = GAS_LIMIT): Promise<Receipt> => {
    const transaction = { from: from.address, ...(to && { to }), data, gas: `0x${gasLimit.toString(16)}` };
    const hash = await provider.request({ method: "eth_sendTransaction", params: [transaction] });
    return (await provider.request({ method: "eth_getTransactionReceipt", params: [hash] })) as Receipt;
  };
  const token = (await mine(cast.authority, undefined, readArtifact("TestDollar").bytecode)).contractAddress;
  const floodgate = (await mine(cast.authority, undefined, deployment(token, cast))).contractAddress;

  const chain: GasChain = {
    separator: hashDomain({ chainId: CHAIN_ID, contract: floodgate }),
    floodgate,
    cast,
    send: async (from, to, data) => BigInt((await mine(from, to, data)).gasUsed),
    async settle(batch, total, gasLimit) {
      const data = encodeFunctionData({ abi: floodgateAbi, functionName: "settle", args: [bytesToHex(batch)] });
      const { gasUsed, logs } = await mine(cast.authority, floodgate, data, gasLimit);
      const [settled] = parseEventLogs({ abi: floodgateAbi, logs: [...logs], eventName: "Settled" });
      if (settled?.args.total !== total) throw new Error(`a batch paid ${settled?.args.total}, not ${total}`);
      return BigInt(gasUsed);
    },
    async pass(seconds) {
      await provider.request({ method: "evm_increaseTime", params: [seconds] });
    },
    request: (method, params) => provider.request({ method, params: [...params] }),
  };
  await openAccounts(chain, token);
  return chain;
}

interface Receipt {
  readonly gasUsed: Hex;
  readonly contractAddress: Address;
  readonly logs: readonly Log[];
}

function deployment(token: Address, { authority, feeRecipient }: Cast): Hex {
  const config = {
    token,
    allotmentPeriod: PERIOD_SEC,
    claimPeriod: PERIOD_SEC,
    owner: authority.address,
    operator: authority.address,
    allotter: authority.address,
    bondBudget: 0n,
    feeRecipient: feeRecipient.address,
    feeBps: FEE_BPS,
  };
  const { bytecode } = readArtifact("Floodgate");
  return encodeDeployData({ abi: floodgateAbi, bytecode, args: [config] });
}

/** Every payer gets a deposit, from the authority's tokens, and a session with a limit. */
async function openAccounts({ send, floodgate, cast }: GasChain, token: Address): Promise<void> {
  const { authority, payers, sessions } = cast;
  const args = [authority.address, 10n ** 20n] as const;
  await send(authority, token, encodeFunctionData({ abi: testDollarAbi, functionName: "mint", args }));
  const approval = [floodgate, 10n ** 20n] as const;
  await send(authority, token, encodeFunctionData({ abi: testDollarAbi, functionName: "approve", args: approval }));
  for (const [i, payer] of payers.entries()) {
    await send(authority, floodgate, depositData(payer.address));
    await send(payer, floodgate, sessionData(sessions[i] as Person));
  }
}

let deposits = 0;

export function depositData(account: Address): Hex {
  return encodeFunctionData({
    abi: floodgateAbi,
    functionName: "depositFor",
    args: [account, DEPOSIT, `0x${(++deposits).toString(16).padStart(64, "0")}`],
  });
}

export function sessionData({ address }: Person): Hex {
  const args = [address, SESSION_LIMIT, FAR_FUTURE] as const;
  return encodeFunctionData({ abi: floodgateAbi, functionName: "authorizeSession", args });
}

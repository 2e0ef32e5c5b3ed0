import { keccak256, type Log, verifyMessage } from "viem";
import type { Block } from "../../../authority/chain/block.ts";
import type { Chain } from "../../../authority/chain/chain.ts";
import type { AllotterRecord } from "../../../authority/chain/mirror/contract-state.ts";
import type { MirrorEvent } from "../../../authority/chain/mirror/mirror-events.ts";
import type { BondAtBlock, SessionAtBlock } from "../../../authority/chain/mirror/mirror-reads.ts";
import type { Receipt, Simulation, UnsignedTransaction } from "../../../authority/chain/sender.ts";
import type { Fees, GasPrice } from "../../../authority/chain/transactions/fees.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { ChainError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";
import type { ContractAccount } from "../../../protocol/contract/reads.ts";

export const CONTRACT: Address = `0x${"c0".repeat(20)}`;
export const TOKEN: Address = `0x${"70".repeat(20)}`;
/** The operator's key. */
export const OPERATOR_KEY = new Uint8Array(32).fill(4);
const OPERATOR = addressOfKey(publicKeyOf(OPERATOR_KEY));
/** Seconds since 1970 of block 100. */
export const START = 1_700_000_000;

function replaces(old: Fees, own: Fees): boolean {
  const isMore = (a: bigint, b: bigint): boolean => b * 10n >= a * 11n;
  return isMore(old.maxFeePerGas, own.maxFeePerGas) && isMore(old.maxPriorityFeePerGas, own.maxPriorityFeePerGas);
}

interface Mined {
  readonly raw: Hex;
  readonly nonce: number;
  readonly block: number;
  isSuccess: boolean;
}

/**
 * A chain that the test controls. Blocks come when told, transactions wait in a pool that can be
 * lost, and the RPC can go away.
 */
export class FakeChain implements Chain {
  readonly facts = {
    chainId: 31_337,
    contract: CONTRACT,
    token: { address: TOKEN, symbol: "TUSD", decimals: 6 },
    allotmentPeriodSec: 120,
    claimPeriodSec: 120,
    depositor: null as Address | null,
  };
  operator = OPERATOR;
  /** All that the contract ever named. */
  readonly operators = [OPERATOR];
  readonly allotters = new Map<Address, AllotterRecord>();
  latest: Block = { number: 100, timestamp: START };
  confirmed: Block = { number: 98, timestamp: START - 2 };
  bond: BondAtBlock = { amount: 0n, withdrawing: 0n, withdrawableAt: 0, budget: 0n, spent: 0n };
  treasury = 10n ** 12n;
  allowance = 2n ** 256n - 1n;
  /** What others did. */
  readonly events: Pick<
    Extract<MirrorEvent, { readonly type: "claimed" }>,
    "payer" | "payee" | "lane" | "totalPaid" | "block"
  >[] = [];
  readonly accounts = new Map<Address, ContractAccount>();
  readonly sessions = new Map<string, SessionAtBlock>();
  readonly pool = new Map<number, Hex>();
  mined: Mined[] = [];
  /** Every raw transaction that ever reached the node. */
  readonly received: Hex[] = [];
  /** What `simulate` says of calldata. Default: it works. */
  simulation: (data: Hex) => Simulation = () => ({ ok: true, gas: 100_000n });
  /** The logs that a transaction with this calldata leaves in its block. */
  logs: (data: Hex, block: number) => Log[] = () => [];
  price: GasPrice = { baseFee: 1_000n, priorityFee: 10n };
  gasBalance = 10n ** 18n;
  /** Ids of the operator's deposits that count. */
  readonly deposits = new Set<Hex>();
  /** Of operators before. */
  readonly formerDeposits = new Set<Hex>();
  /** What a node says to a raw transaction; null: it takes it. */
  refuses: (raw: Hex) => Awaited<ReturnType<Chain["send"]>> | null = () => null;
  /** Fees of what was signed, by raw transaction. */
  readonly fees = new Map<Hex, Fees>();
  /** A node that answers these questions lags: it knows of nothing that was mined. */
  readonly lagging = new Set<"receipt" | "nonceAt">();
  /** How many of the next calls of a method fail; -1: all. */
  readonly broken = new Map<string, number>();
  #signed = 0;

  fund(account: Address, balance: bigint): void {
    this.accounts.set(account, { balance, withdrawing: 0n, withdrawableAt: 0, releaseNonce: 0 });
  }

  authorize(account: Address, sessionKey: Address, limit = MAX_UINT96): void {
    this.sessions.set(account + sessionKey, { limit, spent: 0n, expiresAt: START + 3600, isRevoked: false });
  }

  /** Adds a block with all that waits in the pool. */
  mine(isSuccess = true): void {
    const number = this.latest.number + 1;
    for (const [nonce, raw] of [...this.pool].toSorted(([a], [b]) => a - b)) {
      if (nonce !== this.mined.length) break;
      // Too cheap for this block: it stays in the pool, and all after it.
      if ((this.fees.get(raw)?.maxFeePerGas ?? this.price.baseFee) < this.price.baseFee) break;
      this.mined.push({ raw, nonce, block: number, isSuccess });
      this.pool.delete(nonce);
    }
    this.latest = { number, timestamp: START + number - 100 };
    this.confirmed = { number: number - 2, timestamp: START + number - 102 };
  }

  /** Takes the last `blocks` away; their transactions are lost. */
  reorganize(blocks: number): void {
    const number = this.latest.number - blocks;
    this.mined = this.mined.filter(({ block }) => block <= number);
    this.latest = { number, timestamp: START + number - 100 };
  }

  /** Another program sends from the operator's account. */
  useNonce(): void {
    this.mined.push({ raw: "0x", nonce: this.mined.length, block: this.latest.number + 1, isSuccess: true });
    this.mine();
  }

  #check(method: string): void {
    const left = this.broken.get(method) ?? 0;
    if (left === 0) return;
    this.broken.set(method, left - 1);
    throw new ChainError("RPC_UNAVAILABLE", "the test has cut the line");
  }

  poll = async (): Promise<void> => this.#check("poll");
  readAccount = async (account: Address): Promise<ContractAccount> =>
    this.accounts.get(account) ?? { balance: 0n, withdrawing: 0n, withdrawableAt: 0, releaseNonce: 0 };
  readSession = async (account: Address, sessionKey: Address): Promise<SessionAtBlock> =>
    this.sessions.get(account + sessionKey) ?? { limit: 0n, spent: 0n, expiresAt: 0, isRevoked: false };
  readWithdrawalNonce = async (): Promise<bigint> => 0n;
  readAllotters = async () => this.allotters;
  readOperators = async () => this.operators;
  readBond = async (): Promise<BondAtBlock> => this.bond;
  isFinal = async ({ block }: Pick<Receipt, "block">): Promise<boolean> => block <= this.confirmed.number;
  listNodes: Chain["listNodes"] = () => [{ name: "node", aside: null, faults: {} }];
  readFeeBps = async (): Promise<number> => 100;
  readTreasury = async (): Promise<bigint> => this.treasury;
  readIsPaused = async (): Promise<boolean> => false;
  readonly owners = new Set<Address>();
  readIsOwner = async (wallet: Address) => this.owners.has(wallet);
  permit: Awaited<ReturnType<Chain["readPermit"]>> = null;
  readPermit = async () => this.permit;
  readBatch = async (): Promise<Hex | null> => null;
  readAllowance = async (): Promise<bigint> => this.allowance;
  verifyMessage = (address: Address, message: string, signature: Hex): Promise<boolean> =>
    verifyMessage({ address, message, signature });

  simulate = async (_to: Address, data: Hex): Promise<Simulation> => {
    this.#check("simulate");
    return this.simulation(data);
  };

  readGasPrice = async (): Promise<GasPrice> => this.price;
  readGasBalance = async (): Promise<bigint> => this.gasBalance;
  isDepositUsed = async (from: Address, id: Hex): Promise<boolean> => {
    this.#check("isDepositUsed");
    return (from === this.operator ? this.deposits : this.formerDeposits).has(id);
  };

  sign = async ({ nonce, data, fees }: UnsignedTransaction) => {
    this.#check("sign");
    // Two signatures of one call differ, as they do when fees change.
    const raw: Hex = `0x${nonce.toString(16).padStart(8, "0")}${(this.#signed++).toString(16).padStart(8, "0")}${data.slice(2)}`;
    this.fees.set(raw, fees);
    return { raw, hash: keccak256(raw) };
  };

  /** As geth: a replacement must pay a tenth more. */
  send: Chain["send"] = async (raw) => {
    this.#check("send");
    this.received.push(raw);
    const refusal = this.refuses(raw);
    if (refusal !== null) return refusal;
    const nonce = Number.parseInt(raw.slice(2, 10), 16);
    if (nonce < this.mined.length) return { answer: "nonceUsed", text: "nonce too low" };
    const before = this.pool.get(nonce);
    if (before === raw) return { answer: "taken", text: "already known" };
    const [old, own] = [before && this.fees.get(before), this.fees.get(raw)];
    if (old && own && !replaces(old, own))
      return { answer: "underpriced", text: "replacement transaction underpriced" };
    this.pool.set(nonce, raw);
    return { answer: "taken", text: "" };
  };

  receipt = async (hash: Hex): Promise<Receipt | null> => {
    this.#check("receipt");
    if (this.lagging.has("receipt")) return null;
    const found = this.mined.find(({ raw }) => keccak256(raw) === hash);
    if (!found) return null;
    const { block, isSuccess, raw } = found;
    return {
      block,
      blockHash: keccak256(`0x${block.toString(16).padStart(4, "0")}`),
      isSuccess,
      gasUsed: 50_000n,
      logs: this.logs(`0x${raw.slice(18)}`, block),
    };
  };

  nonceAt = async (block: "latest" | "confirmed"): Promise<number> => {
    this.#check("nonceAt");
    if (this.lagging.has("nonceAt")) return 0;
    const number = block === "latest" ? this.latest.number : this.confirmed.number;
    return this.mined.filter((one) => one.block <= number).length;
  };

  /** Calldata of what was mined with success, in order. */
  get done(): string[] {
    return this.mined.filter(({ isSuccess }) => isSuccess).map(({ raw }) => `0x${raw.slice(18)}`);
  }
}

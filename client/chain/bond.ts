import { encodeFunctionData, type Hex, parseEventLogs } from "viem";
import { PaymentError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { type Amount, formatMoney } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { encodeApprove } from "../../protocol/contract/calls.ts";
import { readAllowance, readTokensOf, type Token } from "../../protocol/contract/reads.ts";
import type { Contract } from "./contract.ts";
import { findCreation, readLogs } from "./history.ts";
import { chainCall, type Rpc } from "./rpc.ts";
import { type GasPayer, send } from "./sender.ts";

/**
 * The authority's own money that answers for its promises: everybody's view, and the owner's moves.
 * Base units.
 */

/**
 * The bond, and how much of it answers for which key of the authority. Times: seconds since 1970.
 */
export interface BondStatus {
  readonly owner: Address;
  readonly amount: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  readonly delaySec: number;
  readonly allotters: readonly {
    readonly allotter: Address;
    /** What its claims may take in all by now. */
    readonly budget: Amount;
    readonly spent: Amount;
    /** What `budget` becomes at `effectiveAt`; the same once it has. */
    readonly nextBudget: Amount;
    readonly effectiveAt: number;
    readonly isCurrent: boolean;
    readonly retiredAt: number;
  }[];
}

/**
 * The bond as the chain knows it, and every allotter that it ever had.
 * @throws {ChainError} RPC_UNAVAILABLE
 */
export async function readBond(contract: Contract): Promise<BondStatus> {
  const { rpc, address } = contract;
  const { client, url } = rpc;
  const blockNumber = await chainCall(url, () => client.getBlockNumber({ cacheTime: 0 }));
  const logs = await readLogs(contract, ["AllotterSet"], await findCreation(contract, blockNumber), blockNumber);
  const set = parseEventLogs({ abi: floodgateAbi, logs, eventName: "AllotterSet" });
  const keys = [...new Set(set.map(({ args }) => parseAddress(args.allotter)))];
  const of = { address, abi: floodgateAbi, blockNumber } as const;
  return chainCall(url, async () => {
    const { amount, withdrawing, withdrawableAt } = await client.readContract({ ...of, functionName: "bond" });
    const delaySec = await client.readContract({ ...of, functionName: "bondDelay" });
    const states = await Promise.all(
      keys.map((key) => client.readContract({ ...of, functionName: "allotterOf", args: [key] })),
    );
    const allotters = states.map(({ bondBudget, bondSpent, ...state }, i) => {
      return { allotter: keys[i] as Address, ...state, budget: bondBudget, spent: bondSpent };
    });
    return { owner: await readOwner(contract), amount, withdrawing, withdrawableAt, delaySec, allotters };
  });
}

export async function readOwner({ rpc, address }: Contract): Promise<Address> {
  const read = { address, abi: floodgateAbi, functionName: "owner" } as const;
  return parseAddress(await chainCall(rpc.url, () => rpc.client.readContract(read)));
}

/**
 * Adds tokens of the owner to the bond, and approves them first if need be.
 * @throws {PaymentError} TOKENS_MISSING, GAS_MISSING
 */
export async function depositBond(
  contract: Contract,
  owner: GasPayer,
  amount: Amount,
  signal: AbortSignal,
): Promise<Hex> {
  const { rpc, address, token } = contract;
  await checkTokens(rpc, token, owner.address, amount);
  const allowance = await chainCall(rpc.url, () => readAllowance(rpc.client, token.address, owner.address, address));
  if (allowance < amount) {
    await send(rpc, owner, encodeBond(contract).approve(amount), signal);
  }
  return (await send(rpc, owner, encodeBond(contract).deposit(amount), signal)).transactionHash;
}

/**
 * Asks `amount` back in place of what was asked before; 0 cancels.
 * @throws {PaymentError} BOND_TOO_LOW, GAS_MISSING
 */
export async function requestBond(
  contract: Contract,
  owner: GasPayer,
  amount: Amount,
  signal: AbortSignal,
): Promise<{ readonly withdrawableAt: number; readonly txHash: Hex }> {
  await checkBond(contract, amount);
  const { transactionHash } = await send(contract.rpc, owner, encodeBond(contract).request(amount), signal);
  const { withdrawableAt } = await readBond(contract);
  return { withdrawableAt, txHash: transactionHash };
}

/** Pays out what was asked back. @throws {ChainError} CONTRACT_REFUSED before the delay is over */
export async function withdrawBond(
  contract: Contract,
  owner: GasPayer,
  to: Address,
  signal: AbortSignal,
): Promise<{ readonly amount: Amount; readonly txHash: Hex }> {
  const { logs, transactionHash } = await send(contract.rpc, owner, encodeBond(contract).withdraw(to), signal);
  const [paid] = parseEventLogs({ abi: floodgateAbi, logs, eventName: "BondWithdrawn" });
  return { amount: paid?.args.amount ?? 0n, txHash: transactionHash };
}

/**
 * Lets claims on this key's allotments take up to `budget` of the bond in all, from the bond's
 * delay on.
 * @throws {ChainError} CONTRACT_REFUSED when it would fall
 */
export async function setBudget(
  contract: Contract,
  owner: GasPayer,
  budget: Budget,
  signal: AbortSignal,
): Promise<Hex> {
  return (await send(contract.rpc, owner, encodeBond(contract).budget(budget), signal)).transactionHash;
}

export interface Budget {
  readonly allotter: Address;
  readonly budget: Amount;
}

/** Of the owner about the authority's keys. */
export function encodeKeys({ address: to }: Contract) {
  const of = { abi: floodgateAbi } as const;
  return {
    operator: (operator: Address) => ({
      to,
      data: encodeFunctionData({ ...of, functionName: "setOperator", args: [operator] }),
    }),
    retire: (allotter: Address) => ({
      to,
      data: encodeFunctionData({ ...of, functionName: "retireAllotter", args: [allotter] }),
    }),
  };
}

/** The calls that only the owner may make. */
export function encodeBond({ address: to, token }: Contract) {
  const of = { abi: floodgateAbi } as const;
  return {
    /** Before `deposit`, if the contract may not take that much. */
    approve: (amount: Amount) => ({ to: token.address, data: encodeApprove(to, amount) }),
    deposit: (amount: Amount) => ({
      to,
      data: encodeFunctionData({ ...of, functionName: "depositBond", args: [amount] }),
    }),
    request: (amount: Amount) => ({
      to,
      data: encodeFunctionData({ ...of, functionName: "requestBondWithdrawal", args: [amount] }),
    }),
    withdraw: (recipient: Address) => ({
      to,
      data: encodeFunctionData({ ...of, functionName: "withdrawBond", args: [recipient] }),
    }),
    budget: ({ allotter, budget }: Budget) => ({
      to,
      data: encodeFunctionData({ ...of, functionName: "setAllotter", args: [allotter, budget] }),
    }),
  };
}

/** @throws {PaymentError} BOND_TOO_LOW when the bond is less than `amount` */
export async function checkBond(contract: Contract, amount: Amount): Promise<void> {
  const { amount: bond } = await readBond(contract);
  if (amount <= bond) return;
  const money = (value: Amount): string => formatMoney(value, contract.token);
  throw new PaymentError("BOND_TOO_LOW", `the bond is ${money(bond)}, not ${money(amount)}: ask less back`);
}

/** @throws {PaymentError} TOKENS_MISSING when the owner has less than `amount` */
export async function checkTokens({ client, url }: Rpc, token: Token, owner: Address, amount: Amount): Promise<void> {
  const tokens = await chainCall(url, () => readTokensOf(client, token.address, owner));
  if (tokens >= amount) return;
  throw new PaymentError(
    "TOKENS_MISSING",
    `the owner ${owner} has ${formatMoney(tokens, token)}, not ${formatMoney(amount, token)}: send it some`,
  );
}

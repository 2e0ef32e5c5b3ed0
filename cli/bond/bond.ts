import { encodeFunctionData, erc20Abi, type Hex, parseEventLogs } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type Contract, openContract } from "../../client/chain/contract.ts";
import { chainCall, openRpc, type Rpc } from "../../client/chain/rpc.ts";
import { type GasPayer, gasPayerOf, send } from "../../client/chain/sender.ts";
import { AccessError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { type Address, toChecksumAddress } from "../../protocol/base/ids.ts";
import { type Amount, parseAmount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { readKeyFile } from "../deploy/key-file.ts";
import { devnetAccount, isDevnet } from "../devnet/devnet-keys.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";
import { readBond, readOwner } from "./bond-status.ts";

export interface BondOptions {
  readonly rpc: string;
  readonly contract: Address;
  readonly keyFile?: string;
}

/** Puts tokens of the owner into the bond. @throws {AccessError} NOT_OWNER; {PaymentError} TOKENS_MISSING, GAS_MISSING */
export async function depositBond(context: Context, options: BondOptions, text: string): Promise<void> {
  const { contract, owner } = await openOwner(options);
  const amount = parsePositive(text, contract);
  const { transactionHash } = await putInBond(contract, owner, amount, context.signal);
  const line = `${formatMoney(amount, contract.token)} were added to the bond`;
  context.output.event("done", { amount, txHash: transactionHash }, line);
}

/** Asks `text` back, 0 cancels. @throws {AccessError} NOT_OWNER; {PaymentError} BOND_TOO_LOW */
export async function requestBond(context: Context, options: BondOptions, text: string): Promise<void> {
  const { contract, owner } = await openOwner(options);
  const amount = parseAmount(text, contract.token.decimals);
  const { amount: bond } = await readBond(contract);
  if (amount > bond) {
    const money = (value: Amount): string => formatMoney(value, contract.token);
    throw new PaymentError("BOND_TOO_LOW", `the bond is ${money(bond)}, not ${money(amount)}: ask less back`);
  }
  const args = [amount] as const;
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "requestBondWithdrawal", args });
  const { transactionHash } = await send(contract.rpc, owner, { to: contract.address, data }, context.signal);
  const { withdrawableAt } = await readBond(contract);
  const until = new Date(1_000 * withdrawableAt).toISOString();
  const line =
    amount === 0n ? "the request is cancelled" : `${formatMoney(amount, contract.token)} may leave from ${until}`;
  context.output.event("done", { amount, withdrawableAt, txHash: transactionHash }, line);
}

/** Pays out what was asked back. @throws {AccessError} NOT_OWNER; {ChainError} CONTRACT_REFUSED before the delay is over */
export async function withdrawBond(context: Context, options: BondOptions, to: Address): Promise<void> {
  const { contract, owner } = await openOwner(options);
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "withdrawBond", args: [to] });
  const { logs, transactionHash } = await send(contract.rpc, owner, { to: contract.address, data }, context.signal);
  const [paid] = parseEventLogs({ abi: floodgateAbi, logs, eventName: "BondWithdrawn" });
  const amount = paid?.args.amount ?? 0n;
  const line = `${formatMoney(amount, contract.token)} of the bond were paid to ${toChecksumAddress(to)}`;
  context.output.event("done", { to, amount, txHash: transactionHash }, line);
}

/** Lets claims on this key's allotments take up to `text` of the bond in all. @throws {AccessError} NOT_OWNER; {ChainError} CONTRACT_REFUSED when it would fall */
export async function setBudget(
  context: Context,
  options: BondOptions,
  text: string,
  allotter: Address,
): Promise<void> {
  const { contract, owner } = await openOwner(options);
  const budget = parseAmount(text, contract.token.decimals);
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "setAllotter", args: [allotter, budget] });
  const { transactionHash } = await send(contract.rpc, owner, { to: contract.address, data }, context.signal);
  const line = `claims on allotments of ${toChecksumAddress(allotter)} may take ${formatMoney(budget, contract.token)} of the bond`;
  context.output.event("done", { allotter, budget, txHash: transactionHash }, line);
}

/** @throws {PaymentError} TOKENS_MISSING, GAS_MISSING */
export async function putInBond(contract: Contract, owner: GasPayer, amount: Amount, signal: AbortSignal) {
  const { rpc, address, token } = contract;
  await checkTokens(rpc, token, owner.address, amount);
  const read = { address: token.address, abi: erc20Abi, functionName: "allowance" } as const;
  const args = [owner.address, address] as const;
  const allowance = await chainCall(rpc.url, () => rpc.client.readContract({ ...read, args }));
  if (allowance < amount) {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [address, amount] });
    await send(rpc, owner, { to: token.address, data }, signal);
  }
  const data: Hex = encodeFunctionData({ abi: floodgateAbi, functionName: "depositBond", args: [amount] });
  return send(rpc, owner, { to: address, data }, signal);
}

/** @throws {PaymentError} TOKENS_MISSING */
export async function checkTokens(
  { client, url }: Rpc,
  token: Contract["token"],
  owner: Address,
  amount: Amount,
): Promise<void> {
  const read = { address: token.address, abi: erc20Abi, functionName: "balanceOf", args: [owner] } as const;
  const tokens = await chainCall(url, () => client.readContract(read));
  if (tokens >= amount) return;
  throw new PaymentError(
    "TOKENS_MISSING",
    `the owner ${owner} has ${formatMoney(tokens, token)}, not ${formatMoney(amount, token)}: send it some`,
  );
}

async function openOwner(options: BondOptions): Promise<{ contract: Contract; owner: GasPayer }> {
  const rpc = await openRpc(options.rpc);
  if (options.keyFile === undefined && !isDevnet(rpc.chainId))
    throw new InputError("KEY_FILE_MISSING", `chain ${rpc.chainId} is no devnet: give --key-file with the owner's key`);
  const contract = await openContract(rpc, options.contract);
  const account =
    options.keyFile === undefined ? devnetAccount(0) : privateKeyToAccount(await readKeyFile(options.keyFile));
  const gasPayer = gasPayerOf(account);
  const owner = await readOwner(contract);
  if (gasPayer.address === owner) return { contract, owner: gasPayer };
  throw new AccessError(
    "NOT_OWNER",
    `the contract belongs to ${owner}, not to ${gasPayer.address}: give --key-file with the owner's key`,
  );
}

function parsePositive(text: string, { token }: Contract): Amount {
  const amount = parseAmount(text, token.decimals);
  if (amount === 0n) throw new InputError("AMOUNT_INVALID", "the amount must be above zero");
  return amount;
}

import { encodeFunctionData, type Hex } from "viem";
import { testDollarAbi } from "../../../protocol/contract/abi.ts";
import { until } from "../../authority/support/real-authority.ts";
import type { InjectedWallet } from "./injected-wallet.ts";

type Rpc = NonNullable<InjectedWallet["rpc"]>;

/** Gives a wallet on a devnet gas, and so many base units of its TestDollar. */
export async function fundWallet(rpc: Rpc, wallet: InjectedWallet, token: Hex, amount: bigint): Promise<void> {
  wallet.rpc = rpc;
  const { address } = wallet.account;
  await rpc("hardhat_setBalance", address, "0xde0b6b3a7640000");
  const data = encodeFunctionData({ abi: testDollarAbi, functionName: "mint", args: [address, amount] });
  await mined(rpc, await wallet.send({ to: token, data }));
}

export async function mined(rpc: Rpc, hash: unknown): Promise<void> {
  await until(
    () => rpc("eth_getTransactionReceipt", hash),
    (receipt) => receipt !== null,
  );
}

import { type Hex, parseEther } from "viem";
import { openRpc } from "../../client/chain/rpc.ts";
import { gasPayerOf, send } from "../../client/chain/sender.ts";
import { InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { devnetAccount, isDevnet } from "./devnet-keys.ts";

/** Pays for thousands of transactions on a devnet. */
const GIFT_WEI = parseEther("1");

/**
 * Gives an address ether for gas, out of the devnet's first account.
 * @throws {InputError} DEVNET_ONLY
 */
export async function giveGas(
  rpcUrl: string,
  to: Address,
  signal: AbortSignal,
): Promise<{ readonly wei: bigint; readonly txHash: Hex }> {
  const rpc = await openRpc(rpcUrl);
  if (!isDevnet(rpc.chainId)) {
    throw new InputError(
      "DEVNET_ONLY",
      `chain ${rpc.chainId} is no devnet: its ether is real, send ${to} some of yours`,
    );
  }
  const call = { to, value: GIFT_WEI };
  const { transactionHash } = await send(rpc, gasPayerOf(devnetAccount(0)), call, signal);
  return { wei: GIFT_WEI, txHash: transactionHash };
}

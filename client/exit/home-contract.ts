import { InputError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { type AccountHome, readSavedNetwork } from "../account/home.ts";
import { type Contract, openContract } from "../chain/contract.ts";
import { openRpc } from "../chain/rpc.ts";

/**
 * The contract that the account of `home` registered with, by a chain node.
 * @throws {InputError} NOT_REGISTERED, CHAIN_MISMATCH
 */
export async function openHomeContract(home: AccountHome, rpcUrl: string): Promise<Contract> {
  const saved = await readSavedNetwork(home);
  const rpc = await openRpc(rpcUrl);
  if (rpc.chainId !== saved.chainId) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `the account in ${home.name} is on chain ${saved.chainId}, but ${rpc.url} is chain ${rpc.chainId}: give the right --rpc or --home`,
    );
  }
  const contract = await openContract(rpc, parseAddress(saved.contract));
  if (contract.token.address !== parseAddress(saved.token.address)) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `the contract ${contract.address} counts another token than the account in ${home.name} registered with: is this another devnet?`,
    );
  }
  return contract;
}

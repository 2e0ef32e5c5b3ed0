import { type Contract, openContract } from "../../client/chain/contract.ts";
import { openRpc } from "../../client/chain/rpc.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { readNetworkFile } from "../account/network-file.ts";

/** The contract that the account in `home` registered with. @throws {InputError} NOT_REGISTERED, CHAIN_MISMATCH */
export async function openHomeContract(home: string, rpcUrl: string): Promise<Contract> {
  const saved = await readNetworkFile(home);
  const rpc = await openRpc(rpcUrl);
  if (rpc.chainId !== saved.chainId) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `the account in ${home} is on chain ${saved.chainId}, but ${rpc.url} is chain ${rpc.chainId}: give the right --rpc or --home`,
    );
  }
  const contract = await openContract(rpc, parseAddress(saved.contract));
  if (contract.token.address !== parseAddress(saved.token.address)) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `the contract ${contract.address} counts another token than the account in ${home} registered with: is this another devnet?`,
    );
  }
  return contract;
}

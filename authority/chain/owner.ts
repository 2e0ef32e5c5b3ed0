import { keccak256, type PublicClient, parseAbi, stringToBytes } from "viem";
import type { Address } from "../../protocol/base/ids.ts";
import { isContractsAnswer } from "./contracts-answer.ts";

const ABI = parseAbi([
  "function owner() view returns (address)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
]);
/** OpenZeppelin's TimelockController. */
const PROPOSER_ROLE = keccak256(stringToBytes("PROPOSER_ROLE"));

/** Whether the wallet owns the contract, or may propose to the timelock that owns it. */
export async function readIsOwner(client: PublicClient, contract: Address, wallet: Address): Promise<boolean> {
  const owner = await client.readContract({ address: contract, abi: ABI, functionName: "owner" });
  if (owner.toLowerCase() === wallet) return true;
  try {
    const args = [PROPOSER_ROLE, wallet] as const;
    return await client.readContract({ address: owner, abi: ABI, functionName: "hasRole", args });
  } catch (error) {
    // A key, or a contract that is no timelock.
    if (isContractsAnswer(error)) return false;
    throw error;
  }
}

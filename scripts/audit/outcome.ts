import { AbiCoder, keccak256 } from "ethers";
import type { Hex } from "./facts.ts";

/** A batch's outcome hash before its first group. */
export function beginOutcome(header: Hex): Hex {
  return keccak256(header);
}

/** Adds one group: h = keccak256(abi.encode(h, keccak256(group), rows)); bit i of `paidRows`: row i paid. */
export function foldOutcome(hash: Hex, groupHash: Hex, paidRows: bigint): Hex {
  const words = [hash, groupHash, paidRows];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "uint256"], words));
}

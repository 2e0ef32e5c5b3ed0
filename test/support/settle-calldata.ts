import { decodeFunctionData } from "viem";
import { type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type Batch, decodeBatch } from "../../protocol/contract/batch.ts";

/** The batch in the calldata of a `settle`. */
export function batchIn(data: Hex): Batch {
  const { functionName, args } = decodeFunctionData({ abi: floodgateAbi, data });
  if (functionName !== "settle") throw new Error(`expected settle, found ${functionName}`);
  return decodeBatch(hexToBytes(args[0]));
}

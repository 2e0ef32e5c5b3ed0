import { decodeFunctionData, type PublicClient, parseEventLogs } from "viem";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";

/** The batch with this number, out of the calldata of its transaction. Null: no node has it. */
export async function readBatch(
  client: PublicClient,
  contract: Address,
  { number, block }: { readonly number: number; readonly block: number },
): Promise<Hex | null> {
  const blocks = { fromBlock: BigInt(block), toBlock: BigInt(block) };
  const logs = await client.getLogs({ address: contract, ...blocks });
  const settled = parseEventLogs({ abi: floodgateAbi, logs, eventName: "Settled" });
  const own = settled.find(({ args }) => Number(args.batch) === number);
  if (own === undefined) return null;
  const transaction = await client.getTransaction({ hash: own.transactionHash });
  const place = settled.filter(({ transactionHash }) => transactionHash === own.transactionHash).indexOf(own);
  return batchesIn(transaction.input)[place] ?? null;
}

/** Batches that a call to the contract settles, in order: directly, or through `multicall`. */
function batchesIn(data: Hex): Hex[] {
  const { functionName, args } = decodeFunctionData({ abi: floodgateAbi, data });
  if (functionName === "settle") return [args[0]];
  return functionName === "multicall" ? args[0].flatMap(batchesIn) : [];
}

import { decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { invariant } from "../../protocol/base/errors.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { ClaimableVoucher } from "../../protocol/contract/calls.ts";
import type { Contract } from "../chain/contract.ts";
import { chainCall } from "../chain/rpc.ts";
import type { LaneState } from "./plan.ts";

/** Lanes in one request: far below what nodes let a call cost. */
const CHUNK = 100;

/** What the contract knows of each lane in one block, in order; `use` is not looked for. */
export async function readLaneStates(
  contract: Contract,
  lanes: readonly ClaimableVoucher[],
  blockNumber: bigint,
): Promise<LaneState[]> {
  const states: LaneState[] = [];
  for (let start = 0; start < lanes.length; start += CHUNK)
    states.push(...(await readChunk(contract, lanes.slice(start, start + CHUNK), blockNumber)));
  return states;
}

async function readChunk(
  { rpc, address }: Contract,
  lanes: readonly ClaimableVoucher[],
  blockNumber: bigint,
): Promise<LaneState[]> {
  const calls = lanes.flatMap(({ allotment: { payer, lane, payee } }): Hex[] => [
    encodeFunctionData({ abi: floodgateAbi, functionName: "isLaneSettled", args: [payer, lane] }),
    encodeFunctionData({ abi: floodgateAbi, functionName: "paid", args: [payer, lane, payee] }),
  ]);
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "multicall", args: [calls] });
  const reply = await chainCall(rpc.url, () => rpc.client.call({ to: address, data, blockNumber }));
  invariant(reply.data !== undefined, "CALL_EMPTY", "the contract answered a multicall with nothing");
  const results = decodeFunctionResult({ abi: floodgateAbi, functionName: "multicall", data: reply.data });
  return lanes.map((_, i): LaneState => {
    const [isSettledData, paidData] = [results[2 * i] as Hex, results[2 * i + 1] as Hex];
    const [recorded] = decodeFunctionResult({ abi: floodgateAbi, functionName: "paid", data: paidData });
    const isSettled = decodeFunctionResult({ abi: floodgateAbi, functionName: "isLaneSettled", data: isSettledData });
    return { isSettled, recorded, use: null };
  });
}

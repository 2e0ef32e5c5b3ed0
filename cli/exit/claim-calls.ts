import { decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import type { Contract } from "../../client/chain/contract.ts";
import { chainCall } from "../../client/chain/rpc.ts";
import { bytesToHex } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { revertReason } from "../../protocol/contract/reverts.ts";
import type { PlannedClaim, VoucherLane } from "./plan.ts";

/** One call of `claim` or `claimWithEvidence`. */
export interface ClaimCall {
  readonly lane: VoucherLane;
  readonly plan: PlannedClaim;
  readonly data: Hex;
}

/** What the contract would do with a call now. */
export type Trial = { readonly pays: Amount } | { readonly refusal: string };

/** 110,000 gas and 1,000 bytes for each claim, more with evidence: a chunk fits EIP-7825 and what nodes relay. */
const MAX_CALLS = 50;
const MAX_BYTES = 96 * 1024;

export function encodeClaim(lane: VoucherLane, plan: PlannedClaim): ClaimCall {
  const allotment = { ...lane.allotment, infoHash: `0x${lane.allotment.infoHash}` as Hex };
  const signatures = [bytesToHex(lane.allotment.signature), bytesToHex(lane.signature)] as const;
  const args = [allotment, signatures[0], lane.amount, signatures[1]] as const;
  const data =
    plan.evidence === null
      ? encodeFunctionData({ abi: floodgateAbi, functionName: "claim", args })
      : encodeFunctionData({ abi: floodgateAbi, functionName: "claimWithEvidence", args: [...args, plan.evidence] });
  return { lane, plan, data };
}

/** Splits calls, in order, into what fits one transaction. */
export function chunkCalls(calls: readonly ClaimCall[]): ClaimCall[][] {
  const chunks: ClaimCall[][] = [];
  let bytes = 0;
  for (const call of calls) {
    const size = call.data.length / 2;
    const last = chunks.at(-1);
    if (last && last.length < MAX_CALLS && bytes + size <= MAX_BYTES) {
      last.push(call);
      bytes += size;
    } else {
      chunks.push([call]);
      bytes = size;
    }
  }
  return chunks;
}

export function encodeMulticall(calls: readonly ClaimCall[]): Hex {
  const args = [calls.map(({ data }) => data)] as const;
  return encodeFunctionData({ abi: floodgateAbi, functionName: "multicall", args });
}

/** Tries calls together, as they would be sent; when one of them is refused, each alone. */
export async function tryCalls(contract: Contract, from: Address, calls: readonly ClaimCall[]): Promise<Trial[]> {
  const together = await tryTogether(contract, from, calls);
  if (!("refusal" in together)) return together.pays.map((pays) => ({ pays }));
  if (calls.length === 1) return [together];
  const trials: Trial[] = [];
  for (const call of calls) trials.push(...(await tryCalls(contract, from, [call])));
  return trials;
}

async function tryTogether(
  { rpc, address }: Contract,
  account: Address,
  calls: readonly ClaimCall[],
): Promise<{ readonly pays: readonly Amount[] } | { readonly refusal: string }> {
  try {
    const reply = await rpc.client.call({ account, to: address, data: encodeMulticall(calls) });
    invariant(reply.data !== undefined, "CALL_EMPTY", "the contract answered a multicall with nothing");
    const results = decodeFunctionResult({ abi: floodgateAbi, functionName: "multicall", data: reply.data });
    return { pays: results.map((data) => decodeFunctionResult({ abi: floodgateAbi, functionName: "claim", data })) };
  } catch (error) {
    const refusal = revertReason(error);
    if (refusal !== null) return { refusal };
    return chainCall(rpc.url, () => Promise.reject(error));
  }
}

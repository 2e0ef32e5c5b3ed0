import { decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { invariant } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type ClaimableVoucher, encodeClaim, encodeClaimMany } from "../../protocol/contract/calls.ts";
import { revertReason } from "../../protocol/contract/reverts.ts";
import type { Contract } from "../chain/contract.ts";
import { chainCall } from "../chain/rpc.ts";
import type { PlannedClaim } from "./plan.ts";

/** One call of `claim` or `claimWithEvidence`. */
export interface ClaimCall {
  readonly lane: ClaimableVoucher;
  readonly plan: PlannedClaim;
  readonly data: Hex;
}

/** What the contract would do with a call now. */
export type Trial = { readonly pays: Amount } | { readonly refusal: string };

/**
 * 110,000 gas and 1,000 bytes for each claim, more with evidence: a chunk fits EIP-7825 and what
 * nodes relay.
 */
const MAX_CALLS = 50;
const MAX_BYTES = 96 * 1024;

export function planCall(lane: ClaimableVoucher, plan: PlannedClaim): ClaimCall {
  return { lane, plan, data: encodeClaim(lane, plan.evidence) };
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

/** One transaction's calldata: each of these claims stands for itself. */
export function encodeCalls(calls: readonly ClaimCall[]): Hex {
  return encodeClaimMany(calls.map(({ data }) => data));
}

/** Tries calls together, as they would be sent; if one of them is refused, each alone. In order. */
export async function tryCalls(contract: Contract, from: Address, calls: readonly ClaimCall[]): Promise<Trial[]> {
  const together = await tryTogether(contract, from, calls);
  if (!("refusal" in together)) return together.pays.map((pays) => ({ pays }));
  if (calls.length === 1) return [together];
  const trials: Trial[] = [];
  for (const call of calls) trials.push(...(await tryCalls(contract, from, [call])));
  return trials;
}

/** All or none, so that the reply says what each pays. */
function encodeTrial(calls: readonly ClaimCall[]): Hex {
  const args = [calls.map(({ data }) => data)] as const;
  return encodeFunctionData({ abi: floodgateAbi, functionName: "multicall", args });
}

async function tryTogether(
  { rpc, address }: Contract,
  account: Address,
  calls: readonly ClaimCall[],
): Promise<{ readonly pays: readonly Amount[] } | { readonly refusal: string }> {
  try {
    const reply = await rpc.client.call({ account, to: address, data: encodeTrial(calls) });
    invariant(reply.data !== undefined, "CALL_EMPTY", "the contract answered a multicall with nothing");
    const results = decodeFunctionResult({ abi: floodgateAbi, functionName: "multicall", data: reply.data });
    return { pays: results.map((data) => decodeFunctionResult({ abi: floodgateAbi, functionName: "claim", data })) };
  } catch (error) {
    const refusal = revertReason(error);
    if (refusal !== null) return { refusal };
    return chainCall(rpc.url, () => Promise.reject(error));
  }
}

import { decodeFunctionData, encodeFunctionData } from "viem";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { decodeBatch } from "../../protocol/contract/batch.ts";
import { type ClaimableVoucher, encodeClaim, encodeClaimMany } from "../../protocol/contract/calls.ts";
import type { SessionAuthorization } from "../../protocol/signed/session.ts";
import type { Withdrawal } from "../../protocol/signed/withdrawal.ts";

/** Calldata of the transactions that only the authority sends. Pure. */

/** `id` counts once in the contract, so a deposit that is sent twice credits once. */
export function encodeDepositFor(account: Address, amount: Amount, id: Hex): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "depositFor", args: [account, amount, id] });
}

export function encodeAuthorizeSessionFor(authorization: SessionAuthorization, signature: Hex): Hex {
  return encodeFunctionData({
    abi: floodgateAbi,
    functionName: "authorizeSessionFor",
    args: [authorization, signature],
  });
}

export function encodeSettle(batch: Hex): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "settle", args: [batch] });
}

/** The last second in which the contract takes this call; of those that have one. */
export function lastSecondOf(data: Hex): number {
  const call = decodeFunctionData({ abi: floodgateAbi, data });
  switch (call.functionName) {
    case "settle":
      return decodeBatch(hexToBytes(call.args[0])).validUntil;
    case "authorizeSessionFor":
      return call.args[0].expiresAt;
    case "requestWithdrawalFor":
      return call.args[0].deadline;
    case "withdrawNowFor":
      return Math.min(call.args[0].deadline, call.args[2]);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** The batch in the calldata that `encodeSettle` has made. */
export function decodeSettle(data: Hex): Hex {
  const { args } = decodeFunctionData({ abi: floodgateAbi, data });
  return args?.[0] as Hex;
}

/** How many claims the calldata makes that `encodeClaims` has made. */
export function countClaims(data: Hex): number {
  const call = decodeFunctionData({ abi: floodgateAbi, data });
  return call.functionName === "claimMany" ? call.args[0].length : 1;
}

/** One `claim`, or several of which each stands for itself. */
export function encodeClaims(claims: readonly ClaimableVoucher[]): Hex {
  const calls = claims.map((claim) => encodeClaim(claim));
  const [first] = calls;
  return calls.length === 1 && first !== undefined ? first : encodeClaimMany(calls);
}

export function encodeWithdrawNowFor(
  withdrawal: Withdrawal,
  signature: Hex,
  release: { readonly deadline: number; readonly signature: Signature },
): Hex {
  return encodeFunctionData({
    abi: floodgateAbi,
    functionName: "withdrawNowFor",
    args: [withdrawal, signature, release.deadline, bytesToHex(release.signature)],
  });
}

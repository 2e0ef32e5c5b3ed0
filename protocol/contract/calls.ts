import { encodeFunctionData, erc20Abi } from "viem";
import { bytesToHex, type Hex } from "../base/bytes.ts";
import type { Address } from "../base/ids.ts";
import type { Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import type { SignedAllotment } from "../signed/allotment.ts";
import type { Withdrawal } from "../signed/withdrawal.ts";
import { floodgateAbi } from "./abi.ts";
import type { Evidence } from "./evidence.ts";

/** Calldata that more than one program sends. Pure. Amounts in base units. */

/** A lane's voucher as a payee brings it to the contract. */
export interface ClaimableVoucher {
  readonly allotment: SignedAllotment;
  readonly amount: Amount;
  /** The payer's, 64 bytes. */
  readonly signature: Signature;
}

/** `claim`, or `claimWithEvidence` for a lane that a batch or a claim has used up. */
export function encodeClaim({ allotment, amount, signature }: ClaimableVoucher, evidence: Evidence | null = null): Hex {
  const { signature: allotmentSignature, ...grant } = allotment;
  const infoHash: Hex = `0x${grant.infoHash}`;
  const args = [{ ...grant, infoHash }, bytesToHex(allotmentSignature), amount, bytesToHex(signature)] as const;
  return evidence === null
    ? encodeFunctionData({ abi: floodgateAbi, functionName: "claim", args })
    : encodeFunctionData({ abi: floodgateAbi, functionName: "claimWithEvidence", args: [...args, evidence] });
}

/** Each of these claims for itself: one that pays nothing stops no other. */
export function encodeClaimMany(calls: readonly Hex[]): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "claimMany", args: [calls] });
}

/** `signature`: the account's, 65 bytes. */
export function encodeRequestWithdrawalFor(withdrawal: Withdrawal, signature: Hex): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "requestWithdrawalFor", args: [withdrawal, signature] });
}

/** Pays the sender's own request out to `to`. */
export function encodeWithdraw(to: Address): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "withdraw", args: [to] });
}

/** Pays an account's request out to the recipient that it named; anybody may send it. */
export function encodeWithdrawFor(account: Address): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "withdrawFor", args: [account] });
}

/** Of the token: `spender` may take up to `amount` of the sender's; without `amount`, all. */
export function encodeApprove(spender: Address, amount: Amount = 2n ** 256n - 1n): Hex {
  return encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [spender, amount] });
}

import { decodeFunctionData, encodeFunctionData, type Log, parseEventLogs } from "viem";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type ClaimableVoucher, encodeClaim, encodeMulticall } from "../../protocol/contract/calls.ts";
import type { SessionAuthorization } from "../../protocol/signed/session.ts";
import type { Withdrawal } from "../../protocol/signed/withdrawal.ts";

/** Calldata of the transactions that T sends, and what their logs and reverts say. Pure. */

export function encodeDepositFor(account: Address, amount: Amount): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "depositFor", args: [account, amount] });
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

/** One `claim`, or several in a multicall: then all of them or none. */
export function encodeClaims(claims: readonly ClaimableVoucher[]): Hex {
  const calls = claims.map((claim) => encodeClaim(claim));
  const [first] = calls;
  return calls.length === 1 && first !== undefined ? first : encodeMulticall(calls);
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

/** The batch in the calldata of `settle`. */
export function decodeSettle(data: Hex): Hex {
  const { functionName, args } = decodeFunctionData({ abi: floodgateAbi, data });
  invariant(functionName === "settle", "CALLDATA_WRONG", `expected settle, found ${functionName}`);
  return args[0];
}

/**
 * When the requested withdrawal may be paid, as its event says; null if the logs hold none of this
 * account.
 */
export function decodeWithdrawableAt(contract: Address, account: Address, logs: readonly Log[]): number | null {
  for (const log of parseEventLogs({ abi: floodgateAbi, logs: logs as Log[], eventName: "WithdrawalRequested" })) {
    if (log.address.toLowerCase() === contract && log.args.account.toLowerCase() === account)
      return log.args.withdrawableAt;
  }
  return null;
}

/** SkipReason of the contract, in its order. */
const SKIP_REASONS = ["PAYEE", "SIGNATURE", "STALE", "SESSION", "UNCOVERED"] as const;

/** What one `settle` did, as its events say. */
export interface SettlementOutcome {
  readonly batch: number;
  readonly total: Amount;
  readonly fee: Amount;
  /** Row number, counted over all groups, to reason. */
  readonly skipped: ReadonlyMap<number, string>;
  /** Sums per account. */
  readonly debited: ReadonlyMap<Address, Amount>;
  readonly credited: ReadonlyMap<Address, Amount>;
}

/** Null if the logs hold no `Settled` of this contract. */
export function decodeSettlement(contract: Address, logs: readonly Log[]): SettlementOutcome | null {
  const skipped = new Map<number, string>();
  const debited = new Map<Address, Amount>();
  const credited = new Map<Address, Amount>();
  let settled: { batch: number; total: Amount; fee: Amount } | null = null;
  for (const log of parseEventLogs({ abi: floodgateAbi, logs: logs as Log[] })) {
    if (log.address.toLowerCase() !== contract) continue;
    if (log.eventName === "RowSkipped")
      skipped.set(Number(log.args.row), SKIP_REASONS[log.args.reason] ?? `REASON_${log.args.reason}`);
    else if (log.eventName === "Debited") for (const entry of log.args.entries) addEntry(debited, entry);
    else if (log.eventName === "Credited") for (const entry of log.args.entries) addEntry(credited, entry);
    else if (log.eventName === "Settled")
      settled = { batch: Number(log.args.batch), total: log.args.total, fee: log.args.fee };
  }
  return settled === null ? null : { ...settled, skipped, debited, credited };
}

/** account (20 bytes) | amount (12 bytes) */
function addEntry(sums: Map<Address, Amount>, entry: Hex): void {
  const account = parseAddress(entry.slice(0, 42));
  sums.set(account, (sums.get(account) ?? 0n) + BigInt(`0x${entry.slice(42)}`));
}

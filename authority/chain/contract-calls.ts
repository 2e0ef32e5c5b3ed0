import { BaseError, decodeErrorResult, decodeFunctionData, encodeFunctionData, type Log, parseEventLogs } from "viem";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi, testDollarAbi } from "../../protocol/contract/abi.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import type { SessionAuthorization } from "../../protocol/signed/session.ts";
import type { Withdrawal } from "../../protocol/signed/withdrawal.ts";

/** Calldata of the transactions that T sends, and what their logs and reverts say. Pure. */

export function encodeApprove(spender: Address): Hex {
  return encodeFunctionData({ abi: testDollarAbi, functionName: "approve", args: [spender, 2n ** 256n - 1n] });
}

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

export function encodeRequestWithdrawalFor(withdrawal: Withdrawal, signature: Hex): Hex {
  return encodeFunctionData({
    abi: floodgateAbi,
    functionName: "requestWithdrawalFor",
    args: [withdrawal, signature],
  });
}

export function encodeWithdrawFor(account: Address): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "withdrawFor", args: [account] });
}

/** One `claim`, or several in a multicall: then all of them or none. */
export function encodeClaims(
  claims: readonly { readonly allotment: SignedAllotment; readonly amount: Amount; readonly signature: Signature }[],
): Hex {
  const calls = claims.map(({ allotment: { signature, ...allotment }, amount, signature: voucherSignature }) =>
    encodeFunctionData({
      abi: floodgateAbi,
      functionName: "claim",
      args: [
        { ...allotment, infoHash: `0x${allotment.infoHash}` },
        bytesToHex(signature),
        amount,
        bytesToHex(voucherSignature),
      ],
    }),
  );
  const [first] = calls;
  if (calls.length === 1 && first !== undefined) return first;
  return encodeFunctionData({ abi: floodgateAbi, functionName: "multicall", args: [calls] });
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

/** When the requested withdrawal may be paid, as its event says; null if the logs hold none of this account. */
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

/** Name and arguments of the contract's custom error; null if the error is no revert (no answer, a time-out). */
export function revertReason(error: unknown): string | null {
  if (!(error instanceof BaseError)) return null;
  const cause = error.walk((inner) => revertData(inner) !== null);
  const data = cause === null ? null : revertData(cause);
  if (data !== null && data !== "0x") {
    try {
      const { errorName, args } = decodeErrorResult({ abi: [...floodgateAbi, ...testDollarAbi], data });
      return `${errorName}(${(args ?? []).map(String).join(", ")})`;
    } catch {
      // An error of some other contract, such as an ERC-1271 wallet: its selector is all that can be told.
      return `unknown error ${data.slice(0, 10)}`;
    }
  }
  return error.walk((inner) => inner instanceof Error && inner.name === "ExecutionRevertedError") === null
    ? null
    : "reverted without a reason";
}

function revertData(error: unknown): Hex | null {
  const data = (error as { data?: unknown } | null)?.data;
  const inner = typeof data === "object" && data !== null ? (data as { data?: unknown }).data : data;
  return typeof inner === "string" && /^0x([0-9a-f]{2})*$/.test(inner) ? (inner as Hex) : null;
}

/** account (20 bytes) | amount (12 bytes) */
function addEntry(sums: Map<Address, Amount>, entry: Hex): void {
  const account = parseAddress(entry.slice(0, 42));
  sums.set(account, (sums.get(account) ?? 0n) + BigInt(`0x${entry.slice(42)}`));
}

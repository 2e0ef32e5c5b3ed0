import { BaseError, decodeErrorResult } from "viem";
import type { Hex } from "../base/bytes.ts";
import { floodgateAbi, testDollarAbi } from "./abi.ts";

/**
 * Name and arguments of the contract's custom error; null if the error is no revert (no answer, a
 * time-out).
 */
export function revertReason(error: unknown): string | null {
  if (!(error instanceof BaseError)) return null;
  const cause = error.walk((inner) => revertData(inner) !== null);
  const data = cause === null ? null : revertData(cause);
  if (data !== null && data !== "0x") return decodeRevert(data);
  return error.walk((inner) => inner instanceof Error && inner.name === "ExecutionRevertedError") === null
    ? null
    : "reverted without a reason";
}

/** Name and arguments of the custom error in what a call has returned. */
export function decodeRevert(data: Hex): string {
  try {
    const { errorName, args } = decodeErrorResult({ abi: [...floodgateAbi, ...testDollarAbi], data });
    return `${errorName}(${(args ?? []).map(String).join(", ")})`;
  } catch {
    // An error of some other contract, such as an ERC-1271 wallet: its selector is all that can be
    // told.
    return `unknown error ${data.slice(0, 10)}`;
  }
}

function revertData(error: unknown): Hex | null {
  const data = (error as { data?: unknown } | null)?.data;
  const inner = typeof data === "object" && data !== null ? (data as { data?: unknown }).data : data;
  return typeof inner === "string" && /^0x([0-9a-f]{2})*$/.test(inner) ? (inner as Hex) : null;
}

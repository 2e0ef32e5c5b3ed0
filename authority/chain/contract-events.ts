import { type Log, parseEventLogs } from "viem";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { decodeRevert } from "../../protocol/contract/reverts.ts";
import { decodeSkippedRows } from "../../protocol/contract/skipped-rows.ts";

/** The reasons of the claims that a `claimMany` skipped, by their index in it. */
export function decodeRefusals(contract: Address, logs: readonly Log[]): Map<number, string> {
  const own = logs.filter(({ address }) => address.toLowerCase() === contract);
  return new Map(
    parseEventLogs({ abi: floodgateAbi, logs: own, eventName: "ClaimSkipped" }).map(({ args }) => [
      Number(args.index),
      decodeRevert(args.reason),
    ]),
  );
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

/** What one `settle` did. */
export interface SettlementOutcome {
  readonly batch: number;
  readonly total: Amount;
  readonly fee: Amount;
  /** Reasons by row, counted over all groups. */
  readonly skipped: ReadonlyMap<number, string>;
}

/** Null if the logs hold no `Settled` of this contract. */
export function decodeSettlement(contract: Address, logs: readonly Log[]): SettlementOutcome | null {
  let skipped: ReadonlyMap<number, string> = new Map();
  let settled: { batch: number; total: Amount; fee: Amount } | null = null;
  for (const log of parseEventLogs({ abi: floodgateAbi, logs: logs as Log[] })) {
    if (log.address.toLowerCase() !== contract) continue;
    if (log.eventName === "RowsSkipped") skipped = decodeSkippedRows(log.args.rows);
    else if (log.eventName === "Settled")
      settled = { batch: Number(log.args.batch), total: log.args.total, fee: log.args.fee };
  }
  return settled === null ? null : { ...settled, skipped };
}

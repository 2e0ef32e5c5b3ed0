import { type Log, parseEventLogs } from "viem";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { decodeRevert } from "../../protocol/contract/reverts.ts";
import { decodeSkippedRows } from "../../protocol/contract/skipped-rows.ts";

/** What anyone may do on-chain to lanes and accounts without asking the authority. */
export type ObservedEvent =
  /**
   * A claim: batches and claims have paid `totalPaid` base units on the lane to this payee by now.
   */
  | {
      readonly type: "claimed";
      readonly payer: Address;
      readonly payee: Address;
      readonly lane: number;
      readonly totalPaid: Amount;
      readonly block: number;
    }
  /** The account has asked money back (true), or has withdrawn the request or the money (false). */
  | { readonly type: "leaving"; readonly account: Address; readonly isLeaving: boolean };

/** `logs` in the chain's order; logs of other contracts are ignored. */
export function decodeEvents(contract: Address, logs: readonly Log[]): ObservedEvent[] {
  const own = logs.filter(({ address }) => address.toLowerCase() === contract);
  return parseEventLogs({ abi: floodgateAbi, logs: own }).flatMap((log): ObservedEvent[] => {
    switch (log.eventName) {
      case "Claimed": {
        const { payer, payee, lane, totalPaid } = log.args;
        const parties = { payer: parseAddress(payer), payee: parseAddress(payee) };
        return [{ type: "claimed", ...parties, lane, totalPaid, block: Number(log.blockNumber) }];
      }
      case "WithdrawalRequested":
        return [{ type: "leaving", account: parseAddress(log.args.account), isLeaving: log.args.amount > 0n }];
      case "Withdrawn":
        return [{ type: "leaving", account: parseAddress(log.args.account), isLeaving: false }];
      default:
        return [];
    }
  });
}

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

import { type Log, parseEventLogs } from "viem";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";

/** Amount of one account in a batch. */
export interface Entry {
  readonly account: Address;
  readonly amount: Amount;
}

/** What the contract's events say of its state. Amounts in base units, times since 1970. */
export type MirrorEvent = { readonly block: number } & (
  | {
      readonly type: "deposited";
      readonly account: Address;
      readonly from: Address;
      readonly amount: Amount;
      readonly id: Hex;
      readonly txHash: Hex;
      /** Its place in the block. */
      readonly logIndex: number;
    }
  | {
      readonly type: "sessionAuthorized";
      readonly account: Address;
      readonly sessionKey: Address;
      readonly limit: Amount;
      readonly expiresAt: number;
    }
  | {
      readonly type: "sessionRevoked";
      readonly account: Address;
      readonly sessionKey: Address;
      readonly expiresAt: number;
    }
  | { readonly type: "debited"; readonly entries: readonly Entry[] }
  | { readonly type: "credited"; readonly entries: readonly Entry[] }
  | { readonly type: "rowsSkipped"; readonly batch: Amount; readonly rows: Hex }
  | {
      readonly type: "settled";
      readonly batch: Amount;
      readonly bundleHash: Hex;
      readonly total: Amount;
      readonly fee: Amount;
    }
  | {
      readonly type: "claimed";
      readonly payer: Address;
      readonly payee: Address;
      readonly lane: number;
      readonly amount: Amount;
      readonly totalPaid: Amount;
      readonly fromBond: Amount;
      readonly allotter: Address;
    }
  | { readonly type: "bondDeposited"; readonly amount: Amount }
  | { readonly type: "bondRequested"; readonly amount: Amount; readonly withdrawableAt: number }
  | { readonly type: "bondWithdrawn"; readonly amount: Amount }
  | {
      readonly type: "withdrawalRequested";
      readonly account: Address;
      readonly to: Address;
      readonly amount: Amount;
      readonly withdrawableAt: number;
    }
  | { readonly type: "withdrawn"; readonly account: Address; readonly amount: Amount }
  | { readonly type: "released"; readonly account: Address; readonly amount: Amount; readonly nonce: number }
  | { readonly type: "operator"; readonly operator: Address }
  | {
      readonly type: "allotter";
      readonly allotter: Address;
      readonly bondBudget: Amount;
      readonly effectiveAt: number;
    }
  | { readonly type: "allotterRetired"; readonly allotter: Address; readonly retiredAt: number }
  | { readonly type: "fee"; readonly feeBps: number; readonly effectiveAt: number }
  | { readonly type: "feeRecipient"; readonly feeRecipient: Address }
  | { readonly type: "paused"; readonly isPaused: boolean }
);

type Said = MirrorEvent extends infer E ? (E extends MirrorEvent ? Omit<E, "block"> : never) : never;

/** `logs` in the chain's order; logs of other contracts, and other events, are ignored. */
export function decodeMirrorEvents(contract: Address, logs: readonly Log[]): MirrorEvent[] {
  const own = logs.filter(({ address }) => address.toLowerCase() === contract);
  return parseEventLogs({ abi: floodgateAbi, logs: own }).flatMap((log): MirrorEvent[] => {
    const said = read(log);
    return said === null ? [] : [{ ...said, block: Number(log.blockNumber) } as MirrorEvent];
  });
}

type Parsed = ReturnType<typeof parseEventLogs<typeof floodgateAbi, true, undefined>>[number];

function read(log: Parsed): Said | null {
  switch (log.eventName) {
    case "Deposited": {
      const { account, from, amount, id } = log.args;
      const place = { txHash: log.transactionHash as Hex, logIndex: Number(log.logIndex) };
      return { type: "deposited", account: parseAddress(account), from: parseAddress(from), amount, id, ...place };
    }
    case "SessionAuthorized": {
      const { account, sessionKey, limit, expiresAt } = log.args;
      const names = { account: parseAddress(account), sessionKey: parseAddress(sessionKey) };
      return { type: "sessionAuthorized", ...names, limit, expiresAt };
    }
    case "SessionRevoked": {
      const { account, sessionKey, expiresAt } = log.args;
      const names = { account: parseAddress(account), sessionKey: parseAddress(sessionKey) };
      return { type: "sessionRevoked", ...names, expiresAt };
    }
    case "WithdrawalRequested": {
      const { account, to, amount, withdrawableAt } = log.args;
      const parties = { account: parseAddress(account), to: parseAddress(to) };
      return { type: "withdrawalRequested", ...parties, amount, withdrawableAt };
    }
    case "Withdrawn":
      return { type: "withdrawn", account: parseAddress(log.args.account), amount: log.args.amount };
    case "Released": {
      const { account, amount, nonce } = log.args;
      return { type: "released", account: parseAddress(account), amount, nonce };
    }
    default:
      return readSettlement(log) ?? readOwner(log);
  }
}

function readSettlement(log: Parsed): Said | null {
  switch (log.eventName) {
    case "Debited":
      return { type: "debited", entries: log.args.entries.map(entryOf) };
    case "Credited":
      return { type: "credited", entries: log.args.entries.map(entryOf) };
    case "RowsSkipped":
      return { type: "rowsSkipped", batch: log.args.batch, rows: log.args.rows };
    case "Settled": {
      const { batch, bundleHash, total, fee } = log.args;
      return { type: "settled", batch, bundleHash, total, fee };
    }
    case "Claimed": {
      const { payer, payee, lane, amount, totalPaid, fromBond, allotter } = log.args;
      const names = { payer: parseAddress(payer), payee: parseAddress(payee), allotter: parseAddress(allotter) };
      return { type: "claimed", ...names, lane, amount, totalPaid, fromBond };
    }
    default:
      return null;
  }
}

function readOwner(log: Parsed): Said | null {
  switch (log.eventName) {
    case "BondDeposited":
      return { type: "bondDeposited", amount: log.args.amount };
    case "BondWithdrawalRequested":
      return { type: "bondRequested", amount: log.args.amount, withdrawableAt: log.args.withdrawableAt };
    case "BondWithdrawn":
      return { type: "bondWithdrawn", amount: log.args.amount };
    case "OperatorSet":
      return { type: "operator", operator: parseAddress(log.args.operator) };
    case "AllotterSet": {
      const { allotter, bondBudget, effectiveAt } = log.args;
      return { type: "allotter", allotter: parseAddress(allotter), bondBudget, effectiveAt };
    }
    case "AllotterRetired":
      return { type: "allotterRetired", allotter: parseAddress(log.args.allotter), retiredAt: log.args.retiredAt };
    case "FeeSet":
      return { type: "fee", feeBps: log.args.feeBps, effectiveAt: log.args.effectiveAt };
    case "FeeRecipientSet":
      return { type: "feeRecipient", feeRecipient: parseAddress(log.args.feeRecipient) };
    case "Paused":
      return { type: "paused", isPaused: true };
    case "Unpaused":
      return { type: "paused", isPaused: false };
    default:
      return null;
  }
}

/** Account (20 bytes) | amount (12 bytes). */
function entryOf(word: Hex): Entry {
  return { account: parseAddress(word.slice(0, 42)), amount: BigInt(`0x${word.slice(42)}`) };
}

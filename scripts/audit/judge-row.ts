import { ZeroAddress } from "ethers";
import type { BatchGroup, BatchRow } from "./batch-bytes.ts";
import type { SkipReason } from "./facts.ts";
import type { Run } from "./run.ts";
import { recoverVoucherSigner } from "./signatures.ts";
import { accountIn, coverageOf, pairId, sessionIn } from "./state.ts";

/** Why a row must be skipped at this time, in the contract's order of checks; null when it must be paid. */
export function judgeRow(run: Run, group: BatchGroup, row: BatchRow, time: number): SkipReason | null {
  const { state, rules } = run;
  const session = sessionIn(state, group.payer, group.sessionKey);
  if (row.payee === ZeroAddress || row.payee === group.payer) return "PAYEE";
  if (row.amount === 0n || state.usedLanes.has(pairId(group.payer, row.lane))) return "STALE";
  if (time > session.expiresAt + rules.claimPeriod) return "SESSION";
  if (row.amount > coverageOf(accountIn(state, group.payer), session)) return "UNCOVERED";
  return isSigned(run, group, row) ? null : "SIGNATURE";
}

export function isSigned(run: Run, group: BatchGroup, row: BatchRow): boolean {
  run.tallies.signaturesChecked++;
  const voucher = { payer: group.payer, payee: row.payee, lane: row.lane, amount: row.amount };
  const signer = recoverVoucherSigner(run.domain, voucher, row.signature);
  return signer !== null && signer === group.sessionKey;
}

import type { BatchGroup, BatchRow } from "../facts/batch-bytes.ts";
import type { SkipReason } from "../facts/events.ts";
import type { Address } from "../facts/primitives.ts";
import { accountIn, coverageOf, sessionIn, settleableUntil } from "../facts/state.ts";
import type { Run } from "./run.ts";

export type SignatureCheck = (row: BatchRow) => boolean;

/**
 * Why a row must be skipped at this time, in the contract's order of checks. Null: it must be paid.
 */
export function judgeRow(
  run: Run,
  group: BatchGroup,
  row: BatchRow,
  isSigned: SignatureCheck,
  time: number,
): SkipReason | null {
  const { state, rules } = run;
  const session = sessionIn(state, group.payer, group.sessionKey);
  if (row.payee === group.payer) return "PAYEE";
  if (row.amount === 0n || run.lanes.isUsed(group.payer, row.lane)) return "STALE";
  if (time > settleableUntil(session, rules.claimPeriod)) return "SESSION";
  if (row.amount > coverageOf(accountIn(state, group.payer), session)) return "UNCOVERED";
  return isSigned(row) ? null : "SIGNATURE";
}

/**
 * Tells whether the session key signed a row, in its voucher or in the statement of the whole
 * group.
 */
export function createSignatureCheck(run: Run, group: BatchGroup): SignatureCheck {
  const { payer, sessionKey, rows } = group;
  const { signature: statement } = group;
  const isDue = (signer: Address | null): boolean => signer === sessionKey;
  if (statement === null) {
    return ({ payee, lane, amount, signature }) => {
      if (signature === null) return false;
      return isDue(run.signers.recover("voucher", { payer, payee, lane, amount }, signature, isDue));
    };
  }
  const isStatementSigned = isDue(run.signers.recover("statement", { payer, rows }, statement, isDue));
  return () => isStatementSigned;
}

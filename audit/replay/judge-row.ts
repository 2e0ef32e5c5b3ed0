import type { BatchGroup, BatchRow } from "../facts/batch-bytes.ts";
import type { SkipReason } from "../facts/events.ts";
import type { Address } from "../facts/primitives.ts";
import {
  accountIn,
  coverageOf,
  type ReplayedAccount,
  type ReplayedSession,
  sessionIn,
  settleableUntil,
} from "../facts/state.ts";
import type { Run } from "./run.ts";

export type SignatureCheck = (row: BatchRow) => boolean;

/** A group of a batch with what is looked up once for all of its rows. */
export interface OpenGroup {
  readonly group: BatchGroup;
  readonly payer: ReplayedAccount;
  readonly session: ReplayedSession;
  readonly isSigned: SignatureCheck;
}

export function openGroup(run: Run, group: BatchGroup): OpenGroup {
  return {
    group,
    payer: accountIn(run.state, group.payer),
    session: sessionIn(run.state, group.payer, group.sessionKey),
    isSigned: createSignatureCheck(run, group),
  };
}

/**
 * Why a row must be skipped at this time, in the contract's order of checks. Null: it must be paid.
 */
export function judgeRow(
  { lanes, rules }: Run,
  { group, payer, session, isSigned }: OpenGroup,
  row: BatchRow,
  time: number,
): SkipReason | null {
  if (row.payee === group.payer) return "PAYEE";
  if (row.amount === 0n || lanes.isUsed(group.payer, row.lane)) return "STALE";
  if (time > settleableUntil(session, rules.claimPeriod)) return "SESSION";
  if (row.amount > coverageOf(payer, session)) return "UNCOVERED";
  return isSigned(row) ? null : "SIGNATURE";
}

/**
 * Tells whether the session key signed a row, in its voucher or in the statement of the whole
 * group.
 */
function createSignatureCheck(run: Run, group: BatchGroup): SignatureCheck {
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

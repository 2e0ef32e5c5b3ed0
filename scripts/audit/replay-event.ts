import type { BatchEvent, ChainEvent } from "./events.ts";
import { replayAllotterRetired, replayAllotterSet } from "./replay-allotter.ts";
import { replayBondDeposited, replayBondRequested, replayBondWithdrawn } from "./replay-bond.ts";
import { replayClaim } from "./replay-claim.ts";
import { replayDeposited } from "./replay-deposit.ts";
import {
  replayFeeRecipientSet,
  replayFeeSet,
  replayOperatorSet,
  replayOwnershipTransferred,
  replayPause,
  replayTransferStarted,
} from "./replay-owner.ts";
import { replayReleased } from "./replay-release.ts";
import { replaySessionAuthorized, replaySessionRevoked } from "./replay-session.ts";
import { replayWithdrawalRequested, replayWithdrawn } from "./replay-withdrawal.ts";
import type { Run, TransactionRun } from "./run.ts";

/** Does once more what one event tells, and checks it against the call that explains it. */
export function replayEvent(run: Run, tx: TransactionRun, event: Exclude<ChainEvent, BatchEvent>): void {
  switch (event.kind) {
    case "Deposited":
      return replayDeposited(run, tx, event);
    case "SessionAuthorized":
      return replaySessionAuthorized(run, tx, event);
    case "SessionRevoked":
      return replaySessionRevoked(run, tx, event);
    case "Claimed":
      return replayClaim(run, tx, event);
    case "WithdrawalRequested":
      return replayWithdrawalRequested(run, tx, event);
    case "Withdrawn":
      return replayWithdrawn(run, tx, event);
    case "Released":
      return replayReleased(run, tx, event);
    case "BondDeposited":
      return replayBondDeposited(run, tx, event);
    case "BondWithdrawalRequested":
      return replayBondRequested(run, tx, event);
    case "BondWithdrawn":
      return replayBondWithdrawn(run, tx, event);
    case "AllotterSet":
      return replayAllotterSet(run, tx, event);
    case "AllotterRetired":
      return replayAllotterRetired(run, tx, event);
    case "OperatorSet":
      return replayOperatorSet(run, tx, event);
    case "FeeSet":
      return replayFeeSet(run, tx, event);
    case "FeeRecipientSet":
      return replayFeeRecipientSet(run, tx, event);
    case "Paused":
    case "Unpaused":
      return replayPause(run, tx, event);
    case "OwnershipTransferStarted":
      return replayTransferStarted(run, tx, event);
    case "OwnershipTransferred":
      return replayOwnershipTransferred(run, tx, event);
  }
}

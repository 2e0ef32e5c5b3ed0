import type { BatchEvent, ChainEvent, EventOf } from "../../facts/events.ts";
import type { Run, TransactionRun } from "../run.ts";
import { replayAllotterRetired, replayAllotterSet } from "./replay-allotter.ts";
import { replayBondDeposited, replayBondRequested, replayBondWithdrawn } from "./replay-bond.ts";
import { replayClaim } from "./replay-claim.ts";
import { replayClaimSkipped } from "./replay-claim-skipped.ts";
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

type SingleEvent = Exclude<ChainEvent, BatchEvent>;

const REPLAYS: { readonly [K in SingleEvent["kind"]]: (run: Run, tx: TransactionRun, event: EventOf<K>) => void } = {
  Deposited: replayDeposited,
  SessionAuthorized: replaySessionAuthorized,
  SessionRevoked: replaySessionRevoked,
  Claimed: replayClaim,
  ClaimSkipped: replayClaimSkipped,
  WithdrawalRequested: replayWithdrawalRequested,
  Withdrawn: replayWithdrawn,
  Released: replayReleased,
  BondDeposited: replayBondDeposited,
  BondWithdrawalRequested: replayBondRequested,
  BondWithdrawn: replayBondWithdrawn,
  OperatorSet: replayOperatorSet,
  AllotterSet: replayAllotterSet,
  AllotterRetired: replayAllotterRetired,
  FeeSet: replayFeeSet,
  FeeRecipientSet: replayFeeRecipientSet,
  Paused: replayPause,
  Unpaused: replayPause,
  OwnershipTransferStarted: replayTransferStarted,
  OwnershipTransferred: replayOwnershipTransferred,
};

/** Repeats what one event tells, and checks it against the call that explains it. */
export function replayEvent(run: Run, tx: TransactionRun, event: SingleEvent): void {
  const replayOne: (run: Run, tx: TransactionRun, event: never) => void = REPLAYS[event.kind];
  replayOne(run, tx, event as never);
}

import type { CheckName } from "../../../audit/checks.ts";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import { eventsOf, withEvents } from "./edit.ts";
import type { Kind } from "./kind.ts";

/** Where the audit must say that an event happened without its cause. */
const ADDED = {
  Deposited: "deposit",
  SessionAuthorized: "session-authorization",
  SessionRevoked: "session-authorization",
  Claimed: "claim-terms",
  WithdrawalRequested: "withdrawal-request",
  Withdrawn: "withdrawal",
  Released: "release-consent",
  BondDeposited: "owner",
  BondWithdrawalRequested: "owner",
  BondWithdrawn: "owner",
  OperatorSet: "owner",
  AllotterRetired: "owner",
  FeeSet: "owner",
  FeeRecipientSet: "owner",
  Paused: "owner",
  OwnershipTransferStarted: "owner",
} as const satisfies Partial<Record<ChainEvent["kind"], CheckName>>;

type Told = keyof typeof ADDED;
const TOLD = Object.keys(ADDED) as Told[];

/** Events of their own, one too many or too few. The constructor's have no call. */
export const EVENT_KINDS: readonly Kind[] = [
  {
    name: "an event added",
    tell(recording, random) {
      const kind = random.pick(TOLD);
      const places = eventsOf(recording, kind).filter(({ tx }) => tx > 0);
      if (places.length === 0) return null;
      const place = random.pick(places);
      return { recording: withEvents(recording, place, [place.item, place.item]), checks: [ADDED[kind]] };
    },
  },
  {
    name: "an event dropped",
    tell(recording, random) {
      // A call of claim may leave no event: the payee's balance shows it.
      const kind = random.pick(TOLD.filter((told) => told !== "Claimed"));
      const places = eventsOf(recording, kind).filter(({ tx }) => tx > 0);
      if (places.length === 0) return null;
      return { recording: withEvents(recording, random.pick(places), []), checks: ["call-events"] };
    },
  },
  {
    name: "a claim that no event tells",
    tell(recording, random) {
      const places = eventsOf(recording, "Claimed");
      if (places.length === 0) return null;
      // If a batch skipped the lane's row because of it, and took no fee, balances are the same:
      // the row is not.
      const checks = ["balance", "row-skipped"];
      return { recording: withEvents(recording, random.pick(places), []), checks };
    },
  },
];

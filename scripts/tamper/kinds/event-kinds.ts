import type { CheckName } from "../../../audit/checks.ts";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import { eventsOf, withEvents } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { ofEvent } from "./tell.ts";

/** Where the audit must say that an event happened without its cause. */
const ADDED = {
  Deposited: "deposit",
  SessionAuthorized: "session-authorization",
  SessionRevoked: "session-authorization",
  Claimed: "claim-terms",
  ClaimSkipped: "claim-skipped",
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
  Unpaused: "owner",
  OwnershipTransferStarted: "owner",
} as const satisfies Partial<Record<ChainEvent["kind"], CheckName>>;

type Told = keyof typeof ADDED;
const TOLD = Object.keys(ADDED) as Told[];

/** A call of claim may leave no event: the payee's balance shows it. */
const HIDEABLE = TOLD.filter((told) => told !== "Claimed");

/** Events of their own, one too many or too few. The constructor's have no call. */
export const EVENT_KINDS: readonly Kind[] = [
  ...TOLD.filter((told) => told !== "Claimed").map((kind) =>
    ofEvent(`${kind} told twice`, kind, ADDED[kind], ({ item, tx }) => (tx === 0 ? null : [item, item])),
  ),
  ...HIDEABLE.map((kind) =>
    ofEvent(`${kind} not told`, kind, "call-events", ({ tx }) => (tx === 0 ? null : []), "left no event"),
  ),
  {
    name: "Claimed told twice",
    tell(recording, random) {
      const places = eventsOf(recording, "Claimed");
      if (places.length === 0) return null;
      const place = random.pick(places);
      // Beside it claimMany may have skipped a forged claim on the same lane, which then explains
      // it.
      const checks = ["claim-terms", "claim-voucher"] as const;
      return { recording: withEvents(recording, place, [place.item, place.item]), checks };
    },
  },
  {
    name: "Claimed not told",
    tell(recording, random) {
      const places = eventsOf(recording, "Claimed");
      if (places.length === 0) return null;
      // If a batch skipped the lane's row because of it, and took no fee, balances are the same:
      // the row is not.
      const checks = ["balance", "row-skipped"] as const;
      return { recording: withEvents(recording, random.pick(places), []), checks };
    },
  },
];

import { formatMoney } from "../../../../protocol/base/units.ts";
import type { Info } from "../../../../protocol/http/public.ts";
import type { TimelineLane } from "../../../../protocol/http/timeline.ts";
import type { Entry } from "./entries.ts";

/** Where an amount is: why it is there, and what comes next. `until`: seconds since 1970. */
export interface Words {
  readonly why: string;
  readonly next: string | null;
  readonly until: number | null;
}

/** The stations of an amount, and how far it is; `isBad`: it got no further. */
export interface Rail {
  readonly stations: readonly string[];
  /** Index of the one that it has reached. */
  readonly at: number;
  readonly isBad: boolean;
}

type Terms = Pick<Info, "token" | "claimPeriodSec">;

export function wordsOf(entry: Entry, terms: Terms): Words {
  if (entry.kind === "lane") return wordsOfLane(entry.lane, terms);
  if (entry.kind === "withdrawal") return wordsOfWithdrawal(entry.withdrawal);
  const { by, state, reason } = entry.deposit;
  return by === "chain" ? end("It was paid in on-chain, and is in your balance.") : DEPOSIT[state](reason);
}

const end = (why: string, next: string | null = null): Words => ({ why, next, until: null });

function wordsOfLane(lane: TimelineLane, { token, claimPeriodSec }: Terms): Words {
  const { role, cap, amount, paid, fee, place, waitsUntil: until } = lane;
  const isPayer = role === "payer";
  switch (place) {
    case "allotted":
      return isPayer
        ? {
            why: `Up to ${formatMoney(cap, token)} is set aside for this peer. Nothing that you owe it has reached the authority.`,
            next: "What is not used is free again at",
            until: lane.expiresAt + claimPeriodSec,
          }
        : {
            why: `This payer may buy from you for up to ${formatMoney(cap, token)}. Your peer has brought no voucher yet.`,
            next: "The allotment ends at",
            until,
          };
    case "accepted":
      return wordsOfWait(lane, isPayer, claimPeriodSec);
    case "batched":
      return end("It is in a settlement whose transaction is on its way.", "Next it is in a block.");
    case "mined":
      return end("The settlement is in a block.", "It is final when more blocks follow.");
    case "final":
      return isPayer
        ? end(`Settled on-chain: ${formatMoney(paid, token)} has left your balance.`)
        : end(`Settled on-chain: it is in your balance, after ${formatMoney(fee, token)} for the operator.`);
    case "skipped":
      return end(
        `The contract paid ${formatMoney(paid, token)} of ${formatMoney(amount, token)}: ${REASONS[lane.reason ?? ""] ?? `reason ${lane.reason ?? "unknown"}`}.`,
      );
    case "expired":
      return end("The allotment ended unused. Nothing was owed.");
  }
}

function wordsOfWait(
  { waitsFor, waitsUntil: until, expiresAt }: TimelineLane,
  isPayer: boolean,
  claimPeriodSec: number,
): Words {
  const held = "The authority holds the voucher and has given a receipt.";
  switch (waitsFor) {
    case "statement":
      return {
        why: `${held} It waits for ${isPayer ? "your device's" : "the payer's"} one signature over many lanes, which settles them cheaply.`,
        next: "It settles without at the latest at",
        until: expiresAt + claimPeriodSec / 4,
      };
    case "company":
      return {
        why: `${held} It is ready, and waits for other lanes to share the cost of a batch.`,
        next: "It settles at the latest at",
        until,
      };
    case "claim":
      return {
        why: `${held} It is too small to be worth a batch.`,
        next: isPayer ? "The payee may claim it until" : "You may claim it (floodgate claim) until",
        until,
      };
    default:
      return {
        why: `${held} Peers still use the lane, so more may come.`,
        next: "It ends at the latest at",
        until,
      };
  }
}

/** The contract's reasons (docs/protocol.md 7.5), and those of the authority's books. */
const REASONS: Readonly<Record<string, string>> = {
  PAYEE: "that payee cannot be paid",
  UNCOVERED: "neither the payer's balance nor the bond had more",
  DUST: "it was too small to be worth its gas, and nobody claimed it in time",
  EXPIRED: "nobody brought it to the chain in time",
  STALE: "so much was paid on this lane already",
  SESSION: "the device's key was not allowed to spend so much",
  SIGNATURE: "its signature is not the device's",
};

const DEPOSIT: Readonly<
  Record<Extract<Entry, { kind: "deposit" }>["deposit"]["state"], (reason: string | null) => Words>
> = {
  charging: () => end("The card is being charged.", "Then the authority sends the money to your account on-chain."),
  charged: () => end("The card was charged.", "Next the authority sends the money to your account on-chain."),
  sent: () => end("The transaction that credits your account is sent.", "It counts when its block is final."),
  credited: () => end("It is in your balance on-chain."),
  declined: (reason) => end(`The card was not charged${because(reason)}.`),
  failed: (reason) => end(`The card was not charged${because(reason)}.`),
  refunding: (reason) => end(`It could not be credited${because(reason)}.`, "It goes back to the card."),
  refunded: () => end("It went back to the card."),
};

function wordsOfWithdrawal({
  state,
  reason,
  withdrawableAt,
}: Extract<Entry, { kind: "withdrawal" }>["withdrawal"]): Words {
  switch (state) {
    case "requesting":
      return end("Your request is on its way to the chain.", "When it is final there, the delay begins.");
    case "waiting":
      return {
        why: "The contract holds it back for the withdrawal delay, so that payees can claim what they are owed.",
        next: "The authority pays it out after",
        until: withdrawableAt,
      };
    case "paying":
      return end("The delay is over.", "The payment is on its way to the chain.");
    case "releasing":
      return end(
        "The authority released it: nobody is promised that money.",
        "The payment is on its way to the chain.",
      );
    case "paid":
      return end("It is in the wallet that you named.");
    case "replaced":
      return end(`A later request took its place${because(reason)}.`);
    case "failed":
      return end(`Nothing was paid out${because(reason)}. The money is in your balance.`);
  }
}

function because(reason: string | null): string {
  return reason === null ? "" : `: ${reason}`;
}

const LANE_STATIONS = ["allotted", "accepted", "in batch", "mined", "final"] as const;
const LANE_AT = { allotted: 0, accepted: 1, batched: 2, mined: 3, final: 4, skipped: 2, expired: 0 } as const;

export function railOf(entry: Entry): Rail {
  if (entry.kind === "lane") {
    const { place } = entry.lane;
    return { stations: LANE_STATIONS, at: LANE_AT[place], isBad: place === "skipped" };
  }
  if (entry.kind === "deposit") {
    const { by, state } = entry.deposit;
    // Only final blocks are told.
    if (by === "chain") return { stations: ["sent", "mined", "final"], at: 2, isBad: false };
    const at = { charging: 0, declined: 0, failed: 0, charged: 1, refunding: 1, refunded: 1, sent: 2, credited: 3 }[
      state
    ];
    return {
      stations: ["card asked", "charged", "sent", "credited"],
      at,
      isBad: /^(declined|failed|refund)/.test(state),
    };
  }
  const { state, withdrawableAt } = entry.withdrawal;
  const isNow = withdrawableAt === null && (state === "releasing" || state === "paid" || state === "failed");
  const stations = isNow ? ["asked", "released", "withdrawn"] : ["asked", "waiting", "sent", "withdrawn"];
  const at = { requesting: 0, failed: 0, replaced: 0, waiting: 1, releasing: 1, paying: 2, paid: stations.length - 1 }[
    state
  ];
  return { stations, at, isBad: state === "failed" || state === "replaced" };
}

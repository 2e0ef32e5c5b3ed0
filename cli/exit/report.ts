import Table from "cli-table3";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatAmount } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import { formatMoney } from "../money.ts";
import type { LeftLane, VoucherLane } from "./plan.ts";

/**
 * What became of one lane. Beside the reasons of the plan, uncovered: payer and bond have nothing (more) for it now;
 * refused: the contract's reason is in `refusal`; dry-run: it would have been paid.
 */
export interface LaneOutcome {
  readonly lane: VoucherLane;
  readonly paidBefore: Amount | null;
  /** Still due before this run. */
  readonly due: Amount;
  readonly paidNow: Amount;
  readonly fromBond: Amount;
  /** Null: paid in full. */
  readonly why: LeftLane["why"] | "uncovered" | "refused" | "dry-run" | null;
  readonly refusal: string | null;
}

const WHY: Readonly<Record<NonNullable<LaneOutcome["why"]>, string>> = {
  paid: "nothing is due",
  waits: "the authority may still settle it (--all claims it now)",
  dust: "below --min",
  expired: "too late: the claim period is over",
  settled: "settled by a batch",
  unproved: "what has used up the lane was not found on this node",
  uncovered: "the payer and the bond have no more for it now",
  refused: "the contract refuses",
  "dry-run": "would be paid",
};

export function laneFields({ lane, refusal, ...outcome }: LaneOutcome): Record<string, unknown> {
  const { payer, payee, lane: number, infoHash, expiresAt } = lane.allotment;
  return { payer, payee, lane: number, infoHash, expiresAt, voucher: lane.amount, ...outcome, refusal };
}

export function formatOutcomes(outcomes: readonly LaneOutcome[], token: Info["token"]): string {
  if (outcomes.length === 0) return "No voucher is in this home: there is nothing to claim.";
  const table = new Table({
    head: ["payer", "lane", "voucher", "paid before", "paid now", "from bond", "why not"],
    colAligns: ["left", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [] },
  });
  const money = (amount: Amount | null): string => (amount === null ? "?" : formatAmount(amount, token.decimals));
  const isDone = ({ why }: LaneOutcome): boolean => why === "paid" || why === "settled";
  const shown = outcomes.filter((outcome) => !isDone(outcome));
  for (const { lane, paidBefore, paidNow, fromBond, why, refusal } of shown) {
    table.push([
      toChecksumAddress(lane.allotment.payer),
      lane.allotment.lane,
      money(lane.amount),
      money(paidBefore),
      money(paidNow),
      money(fromBond),
      `${why === null ? "" : WHY[why]}${refusal === null ? "" : `: ${printable(refusal)}`}`,
    ]);
  }
  const claimed = outcomes.reduce((sum, { paidNow }) => sum + paidNow, 0n);
  const fromBond = outcomes.reduce((sum, outcome) => sum + outcome.fromBond, 0n);
  const lines = [
    ...(shown.length === 0 ? [] : [table.toString()]),
    `nothing can be claimed any more on ${outcomes.length - shown.length} of ${outcomes.length} lane(s)`,
    `claimed ${formatMoney(claimed, token)}, ${formatMoney(fromBond, token)} of it from the bond`,
  ];
  return lines.join("\n");
}

import type { AuditReport } from "../audit-report.ts";
import { tokens } from "./printed.ts";

export interface Total {
  readonly name: string;
  /** Base units. */
  readonly amount: bigint;
  readonly note: string;
}

/** The sums of a history, the most telling ones first. */
export function totalsOf({ token, tallies, bond, held, owed }: AuditReport): Total[] {
  const total = (name: string, amount: bigint, note: string): Total => ({ name, amount, note });
  return [
    total("owed", owed, "all balances and the bond, by the replay"),
    total("held", held, "tokens in the contract"),
    total("settled", tallies.settled, `${tallies.rowsPaid} rows in ${tallies.batches} batches`),
    total("fees", tallies.fees, "part of what was settled"),
    total(
      "claimed",
      tallies.claimed,
      `${tallies.claims} claims; the bond paid ${tokens(tallies.claimedFromBond, token)}`,
    ),
    total(
      "too low",
      tallies.claimedAfterSettlement,
      `${tallies.claimsAfterSettlement} of the claims took it on lanes that batches had settled with less than was signed`,
    ),
    total("deposited", tallies.deposited, "came in for accounts"),
    total("withdrawn", tallies.withdrawn, "left after the delay"),
    total("released", tallies.released, `left at once, ${tallies.releases} times`),
    total("bond", bond.amount, `${tokens(tallies.bondDeposited, token)} came in`),
  ];
}

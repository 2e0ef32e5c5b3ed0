import type { Amount } from "../../protocol/base/units.ts";
import { lostBytes, lostMoney, type Verdict, verdictOf, wordOf } from "./verdict.ts";

/** Verdicts on those who pay: facts in, and nothing else. */

const CHEATED = "unpaid bytes up to its credit, then serves it no more";

/** A payer that pays nothing gets no more than the credit that the authority has set. */
export function judgeUnpaid(facts: {
  readonly unpaidBytes: number;
  readonly creditBytes: number;
  readonly problems: readonly string[];
}): Verdict {
  const [problem] = facts.problems;
  return verdictOf(
    [lostBytes("payee", facts.unpaidBytes, facts.creditBytes, CHEATED)],
    problem ?? "The seller told the authority: this account gets less credit from now on.",
    problem === undefined,
  );
}

/** A payer that takes its deposit out in mid-download: what it had promised is paid. */
export function judgeLeaving(facts: {
  readonly promised: Amount;
  readonly paid: Amount;
  readonly unpaidBytes: number;
  readonly creditBytes: number;
}): Verdict {
  const { promised, paid, unpaidBytes, creditBytes } = facts;
  return verdictOf(
    [
      lostMoney(
        "payee, of what was promised",
        promised - paid,
        0n,
        "A claim on an allotment is good until the claim period",
      ),
      lostBytes("payee, unpaid", unpaidBytes, creditBytes, CHEATED),
    ],
    `Of ${wordOf(promised)} promised, ${wordOf(paid)} were paid on the chain, while the withdrawal waits.`,
  );
}

/** `before`, `after`: the victim's balance; `limit`: of the session that was stolen. */
export function judgeStolenSession(facts: {
  readonly before: Amount;
  readonly after: Amount;
  readonly limit: Amount;
  readonly isStopped: boolean;
}): Verdict {
  const { before, after, limit, isStopped } = facts;
  return verdictOf(
    [lostMoney("payer", before - after, limit, "the session's limit")],
    isStopped
      ? `The other ${wordOf(after)} of the account are out of the thief's reach, and the session is revoked.`
      : "The session was revoked, and the thief still gets lanes.",
    isStopped,
  );
}

/** `statuses`: of each request that the thief made with the token alone. */
export function judgeStolenToken(facts: { readonly statuses: readonly number[] }): Verdict {
  const opened = facts.statuses.filter((status) => status < 400).length;
  const promise = "nothing: without the session key it opens nothing";
  return verdictOf(
    [
      {
        who: "payer",
        lost: opened === 0 ? "nothing" : `${opened} answers`,
        most: "nothing",
        promise,
        holds: opened === 0,
      },
    ],
    `${facts.statuses.length} requests with the token alone: ${facts.statuses.join(", ")}.`,
  );
}

/** A flood of announces by somebody who never buys, while somebody honest does. */
export function judgeFlood(facts: {
  readonly sent: number;
  readonly refused: number;
  readonly isComplete: boolean;
  readonly overpaid: Amount;
}): Verdict {
  const { sent, refused, isComplete, overpaid } = facts;
  return verdictOf(
    [lostMoney("payer, an honest one", overpaid, 0n, "nothing")],
    `${sent} announces, ${refused} refused. ${isComplete ? "The honest buyer has its file." : "The honest buyer has no file."}`,
    isComplete,
  );
}

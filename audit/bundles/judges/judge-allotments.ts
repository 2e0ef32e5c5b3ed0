import { pairId } from "../../facts/lane-book.ts";
import { type Run, report, reportNotChecked } from "../../replay/run.ts";
import { asShown, type BundleBook, nameLane } from "../bundle-book.ts";
import { isIssuedAfter, type PublishedAllotment } from "../published-allotments.ts";
import { findOvercommitment, moneyOf } from "./cover.ts";
import { judgeBond } from "./judge-bond.ts";
import type { SignerWatch } from "./signer-watch.ts";

/** The blocks to be judged lie between these times: those of the events before and after them. */
export interface TimeBounds {
  readonly after: number;
  readonly before: number;
}

export interface JudgedAllotments {
  /** In order of issue. */
  readonly issued: readonly PublishedAllotment[];
  /**
   * Allotments without a block of issue: the authority did not note it yet. They cannot be judged.
   */
  readonly unnoted: number;
}

/**
 * Judges all allotments issued up to a block. The replay has reached the state that each of their
 * blocks left.
 */
export function judgeAllotments(
  run: Run,
  book: BundleBook,
  signers: SignerWatch,
  block: number,
  bounds: TimeBounds,
): JudgedAllotments {
  const { noted: issued = [], unnoted = [] } = Object.groupBy(book.allotments.takeUpTo(block), (allotment) =>
    allotment.issuedAtBlock === 0 ? "unnoted" : "noted",
  );
  for (const allotment of issued) {
    signers.judge(run, allotment);
    judgeTerms(run, allotment, bounds);
  }
  const byDecision = Map.groupBy(issued, ({ payer, issuedAtBlock }) => `${payer}/${issuedAtBlock}`);
  const covered = [...byDecision.values()].map((allotments) => judgeCover(run, book, allotments));
  if (covered.includes(false)) judgeBond(run, book, null, block, issued.at(-1)?.issuedAt ?? bounds.before);
  return { issued, unnoted: countUnnoted(run, book, unnoted) };
}

/**
 * The first allotments may lack a block of issue; later ones must not. Returns how many those first
 * are.
 */
function countUnnoted(run: Run, { allotments }: BundleBook, unnoted: readonly PublishedAllotment[]): number {
  const noted = unnoted.length === 0 ? undefined : allotments.firstNoted();
  const isLater = (one: PublishedAllotment): boolean => noted !== undefined && isIssuedAfter(one, noted);
  for (const allotment of unnoted.filter(isLater)) {
    const sentence = `the allotment of ${nameLane(allotment)} names no block, though earlier ones do`;
    report(run, "allotment-terms", null, sentence, { account: asShown(allotment.payer) });
  }
  return unnoted.filter((one) => !isLater(one)).length;
}

function judgeTerms(run: Run, allotment: PublishedAllotment, { after, before }: TimeBounds): void {
  const { payer, payee, sessionKey, expiresAt, issuedAt, issuedAtBlock } = allotment;
  const fail = (why: string, expected: number | string, actual: number | string): void =>
    report(run, "allotment-terms", null, `the allotment of ${nameLane(allotment)} ${why}`, {
      account: asShown(payer),
      expected: String(expected),
      actual: String(actual),
    });
  if (payee === payer) fail("is for the payer itself", "another payee", asShown(payee));
  if (issuedAt < after || issuedAt > before)
    fail(`says that block ${issuedAtBlock} has a time that it cannot have`, `${after} to ${before}`, issuedAt);
  const latest = issuedAt + run.rules.allotmentPeriod;
  if (expiresAt > latest)
    fail(`ends ${expiresAt - latest} s later than the allotment period allows`, latest, expiresAt);
  const session = run.state.sessions.get(pairId(asShown(payer), asShown(sessionKey)));
  if (session === undefined) fail("is for a session that its wallet had not authorized", "a session", "none");
  else if (session.revoked) fail("is for a session that its wallet had revoked", "no allotment", expiresAt);
  else if (expiresAt > session.expiresAt) fail("outlives its session", session.expiresAt, expiresAt);
}

/** All of one payer and one block: the authority decided on them by the same state. */
function judgeCover(run: Run, { allotments }: BundleBook, issued: readonly PublishedAllotment[]): boolean {
  const { payer, issuedAt, issuedAtBlock } = issued[0] as PublishedAllotment;
  const account = asShown(payer);
  if (run.clouded.has(account)) {
    const sentence = `whether the lanes of ${account} issued at block ${issuedAtBlock} were covered depends on an earlier call that could not be seen`;
    reportNotChecked(run, null, sentence);
    return true;
  }
  const live = allotments.liveOf(payer, issuedAt, run.rules.claimPeriod);
  const then = moneyOf(run.state, account, asShown);
  const over = findOvercommitment(live, new Set(issued.map(({ lane }) => lane)), then);
  if (over === null) return true;
  const { money } = run;
  const whose = over.sessionKey === null ? "its deposit" : `the limit of its session ${asShown(over.sessionKey)}`;
  const sentence = `with ${nameLane({ payer, lane: over.lane })}, issued at block ${issuedAtBlock}, its live lanes may take ${money(over.reserved)}; ${whose} had ${money(over.free)}`;
  const details = { account, expected: String(over.free), actual: String(over.reserved) };
  report(run, "allotment-covered", null, sentence, details);
  return false;
}

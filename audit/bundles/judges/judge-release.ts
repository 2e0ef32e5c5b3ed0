import type { TransactionFacts } from "../../facts/facts.ts";
import type { Address } from "../../facts/primitives.ts";
import { type Run, report } from "../../replay/run.ts";
import type { BundleBook } from "../bundle-book.ts";

/** After a release, what the account's live lanes may take must still be there. */
export function judgeRelease(run: Run, { allotments }: BundleBook, facts: TransactionFacts, account: Address): void {
  if (run.clouded.has(account)) return;
  const live = allotments.liveOf(account.toLowerCase(), facts.time, run.rules.claimPeriod);
  const needed = live
    .filter(({ issuedAtBlock }) => issuedAtBlock <= facts.block)
    .reduce((sum, { open }) => sum + open, 0n);
  const left = run.state.accounts.get(account)?.balance ?? 0n;
  if (needed <= left) return;
  const sentence = `after its release, ${account} had ${run.money(left)}; its live lanes may take ${run.money(needed)}`;
  report(run, "allotment-covered", facts, sentence, { account, expected: String(needed), actual: String(left) });
}

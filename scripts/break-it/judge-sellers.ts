import type { Amount } from "../../protocol/base/units.ts";
import { lostBytes, lostMoney, type Verdict, verdictOf, wordOf } from "./verdict.ts";

/** Verdicts on those who sell: facts in, and nothing else. */

/** A piece is paid when its hash is right: a crooked seller earns nothing by its vice. */
export function judgeCrookedSeller(facts: {
  readonly overpaid: Amount;
  readonly wastedBytes: number;
  readonly mostWasted: number;
  readonly earned: Amount;
  readonly problems: readonly string[];
}): Verdict {
  const promise = "nothing: a piece is paid when its hash is right";
  const finding =
    facts.problems[0] ?? `The buyer has the whole content. The cheat was paid ${wordOf(facts.earned)} for good pieces.`;
  return verdictOf(
    [
      lostMoney("payer", facts.overpaid, 0n, promise),
      lostBytes("payer, downloaded in vain", facts.wastedBytes, facts.mostWasted, "costs time, but no money"),
    ],
    finding,
    facts.problems.length === 0,
  );
}

/** `signed`: by the buyer to both; `held`: what their stores have in the end. */
export function judgeKilledSeller(facts: {
  readonly signed: Amount;
  readonly held: Amount;
  readonly price: Amount;
  readonly isComplete: boolean;
}): Verdict {
  const { signed, held, price, isComplete } = facts;
  return verdictOf(
    [
      lostMoney("payer", signed - price, 0n, "nothing: it takes back from its payees what it had signed"),
      lostMoney(
        "payee",
        signed - held,
        0n,
        "nothing from an honest payer, which sends again what was not acknowledged",
      ),
    ],
    isComplete ? "The other seller went on, and the file is whole." : "The file is not whole.",
    isComplete,
  );
}

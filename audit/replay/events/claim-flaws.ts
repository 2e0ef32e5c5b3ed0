import { ZeroAddress } from "ethers";
import type { CallOf } from "../../facts/calls.ts";
import type { Address } from "../../facts/primitives.ts";
import { type Run, report, type TransactionRun } from "../run.ts";
import { evidenceFlaw } from "./claim-evidence.ts";
import type { ClaimFlaw } from "./claim-flaw.ts";
import { findAllotter, voucherFlaw } from "./claim-signatures.ts";

export interface ExaminedClaim {
  /** The allotment's signer. Null: it is no valid allotter for it. */
  readonly allotter: Address | null;
  /** None: the claim holds. */
  readonly flaws: readonly ClaimFlaw[];
}

/** What is wrong with a claim at this moment, by itself and by what has happened on its lane. */
export function examineClaim(run: Run, tx: TransactionRun, call: CallOf<"claim">): ExaminedClaim {
  const { allotter, flaws } = examinePapers(run, tx, call);
  const evidence = evidenceFlaw(run, call);
  return { allotter, flaws: evidence === null ? flaws : [...flaws, evidence] };
}

/** What is wrong with a claim, whatever its lane has paid. */
export function examinePapers(run: Run, { facts }: TransactionRun, call: CallOf<"claim">): ExaminedClaim {
  const found = findAllotter(run, call, facts.time);
  const [allotter, ofAllotment] = typeof found === "string" ? [found, null] : [null, found];
  const flaws = [ofAllotment, voucherFlaw(run, call), termsFlaw(run, call, facts.time)];
  return { allotter, flaws: flaws.filter((flaw) => flaw !== null) };
}

export function reportFlaw(run: Run, tx: TransactionRun, { check, sentence, details }: ClaimFlaw): void {
  report(run, check, tx.facts, sentence, details);
}

function termsFlaw({ rules }: Run, { allotment }: CallOf<"claim">, time: number): ClaimFlaw | null {
  const { payer, payee, lane, expiresAt } = allotment;
  const name = `the claim on lane ${lane} of ${payer}`;
  const flaw = (why: string): ClaimFlaw => {
    return { check: "claim-terms", sentence: `${name} ${why}`, details: { account: payer } };
  };
  if (payee === ZeroAddress || payee === payer || payee === rules.contract)
    return flaw("paid address 0, the contract or the payer itself");
  if (time >= expiresAt + rules.claimPeriod) return flaw("came after the allotment's end plus the claim period");
  return null;
}

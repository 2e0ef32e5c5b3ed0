import { type Amount, formatAmount } from "../../protocol/base/units.ts";
import { lostMoney, type Verdict, verdictOf, wordOf } from "./verdict.ts";

/** Verdicts on the authority: facts in, and nothing else. */

/** What a payee's claim came to. Gas in wei. */
export interface ClaimFacts {
  /** What the payer had signed to this payee, in all. */
  readonly promised: Amount;
  /** What batches and others' claims had paid before, fee included. */
  readonly paidBefore: Amount;
  readonly claimed: Amount;
  /** How much less the payer has by it. */
  readonly payerPaid: Amount;
}

const WEI = 18;

export function judgeDeadAuthority(facts: ClaimFacts & { readonly gas: Amount }): Verdict {
  const { promised, paidBefore, claimed, payerPaid, gas } = facts;
  const missing = promised - paidBefore - claimed;
  const lost = `gas: ${formatAmount(gas, WEI).slice(0, 8)} ETH`;
  return verdictOf(
    [
      lostMoney("payer", payerPaid - claimed, 0n, "nothing"),
      missing > 0n
        ? lostMoney("payee", missing, 0n, "gas")
        : { who: "payee", lost, most: "gas", promise: "gas", holds: true },
    ],
    `${wordOf(claimed)} came from the contract itself. The authority is back, and found its home as it left it.`,
    claimed > 0n,
  );
}

/** The authority settles old vouchers, or somebody burns a lane: the difference is claimed. */
export function judgeLow(facts: ClaimFacts & { readonly finding: string | null }): Verdict {
  const { promised, paidBefore, claimed, payerPaid, finding } = facts;
  return verdictOf(
    [
      lostMoney("payer", payerPaid - promised, 0n, "nothing: it pays what it signed, once for each payee"),
      lostMoney(
        "payee",
        promised - paidBefore - claimed,
        0n,
        "`claim` brings the difference, with evidence from the chain",
      ),
    ],
    finding ?? `${wordOf(paidBefore)} had been paid; the claim brought ${wordOf(claimed)}.`,
    claimed > 0n,
  );
}

/** More was promised than the payer has: the bond answers, up to the budget of the key. */
export function judgeOverAllotment(facts: {
  readonly promised: Amount;
  readonly fromPayer: Amount;
  readonly fromBond: Amount;
  readonly budget: Amount;
  /** What the payer had signed to all, and what it has lost. */
  readonly payerSigned: Amount;
  readonly payerPaid: Amount;
  readonly finding: string | null;
}): Verdict {
  const { promised, fromPayer, fromBond, budget, payerSigned, payerPaid, finding } = facts;
  const uncovered = promised - fromPayer - fromBond;
  const most = promised - fromPayer - budget;
  return verdictOf(
    [
      lostMoney("payer, beyond what it signed", payerPaid - payerSigned, 0n, "nothing"),
      lostMoney(
        "payee",
        uncovered,
        most > 0n ? most : 0n,
        "what neither the payer's balance nor the rest of the key's budget covers",
      ),
      lostMoney("authority", fromBond, budget, "the key's budget"),
    ],
    finding,
  );
}

/** The authority cannot reach the chain: it settles late. */
export function judgeCutNode(facts: {
  readonly promised: Amount;
  readonly received: Amount;
  readonly fee: Amount;
  /** How far its batch came meanwhile; null: it decided none. */
  readonly meanwhile: string | null;
}): Verdict {
  const { promised, received, fee, meanwhile } = facts;
  const stood = meanwhile === null ? "no batch was decided" : `the batch stood at "${meanwhile}"`;
  return verdictOf(
    [
      lostMoney("payer", 0n, 0n, "nothing: it pays what it signed, once for each payee"),
      lostMoney("payee, besides the fee", promised - received - fee, 0n, "gas: `claim` brings the difference"),
    ],
    `While the node was away, ${stood}. Once it was back, everything was settled, once.`,
    meanwhile !== "final",
  );
}

/** Balances of a payee and of its payer. */
interface Pair {
  readonly seller: Amount;
  readonly buyer: Amount;
}

/** Blocks of a settled batch went away: it is settled once more, and once only. */
export function judgeReorganization(facts: {
  /** Blocks that went away. */
  readonly depth: number;
  readonly settled: Pair;
  /** After the authority has done it again. */
  readonly again: Pair;
  /** The payment was there before, and gone with its blocks. */
  readonly isUndone: boolean;
  /** What the audit found; null: nothing. */
  readonly audit: string | null;
}): Verdict {
  const { depth, settled, again, isUndone, audit } = facts;
  return verdictOf(
    [
      lostMoney("payer", settled.buyer - again.buyer, 0n, "nothing: it pays what it signed, once for each payee"),
      lostMoney("payee", settled.seller - again.seller, 0n, "gas: `claim` brings the difference"),
    ],
    audit ?? `${depth} blocks went away. The authority settled what was in them again, once; the audit is clean.`,
    isUndone && audit === null && again.seller === settled.seller,
  );
}

/** Somebody left a voucher out of a bundle: the audit must say so, and be clean without the lie. */
export function judgeBundle(facts: {
  readonly isCleanOk: boolean;
  readonly isLieOk: boolean;
  readonly finding: string | null;
}): Verdict {
  const { isCleanOk, isLieOk, finding } = facts;
  return verdictOf(
    [lostMoney("payer", 0n, 0n, "nothing"), lostMoney("payee", 0n, 0n, "payees hold their own proofs")],
    `${isCleanOk ? "" : "It was not clean before. "}${finding ?? "The audit found nothing."}`,
    isCleanOk && !isLieOk,
  );
}

import { CHECKS } from "../checks.ts";
import type { Address } from "../facts/primitives.ts";
import { type ShownState, sumOfDebts } from "../facts/state.ts";
import type { Finding } from "../findings.ts";

/** Creditors that one sentence names. */
const MAX_NAMES = 5;

/**
 * Compares what the contract owes with the tokens it holds, and names creditors it cannot pay.
 * Pure.
 */
export function checkSolvency(
  state: Omit<ShownState, "sessions">,
  held: bigint,
  money: (amount: bigint) => string,
): Finding[] {
  const owed = sumOfDebts(state);
  const { totalBalance } = state;
  const findings: Finding[] = [];
  if (totalBalance !== owed) {
    const sentence = `the contract says that it owes ${money(totalBalance)}; its balances and its bond sum to ${money(owed)}`;
    findings.push(finding("conservation", sentence, owed, totalBalance));
  }
  if (held >= owed) return findings;
  const sentence = `the contract holds ${money(held)} for debts of ${money(owed)}: ${money(owed - held)} are missing`;
  findings.push(finding("solvency", `${sentence}. ${whoIsUnpaid(debtsOf(state), held)}`, owed, held));
  return findings;
}

interface Debt {
  readonly to: Address | "the bond";
  readonly amount: bigint;
}

/** Greatest first. */
function debtsOf(state: Pick<ShownState, "accounts" | "bond">): Debt[] {
  const accounts = [...state.accounts].map(([to, { balance }]): Debt => ({ to, amount: balance }));
  return [...accounts, { to: "the bond" as const, amount: state.bond.amount }]
    .filter(({ amount }) => amount > 0n)
    .toSorted((a, b) => (a.amount < b.amount ? 1 : -1));
}

/**
 * The last creditors to come are not paid. Those owed more than the contract holds never are in
 * full.
 */
function whoIsUnpaid(debts: readonly Debt[], held: bigint): string {
  const unpayable = debts.filter(({ amount }) => amount > held).map(({ to }) => to);
  const last = `Of ${debts.length} creditors, the last to come are not paid`;
  if (unpayable.length === 0) return `${last}.`;
  const names = unpayable.slice(0, MAX_NAMES).join(", ");
  const more = unpayable.length > MAX_NAMES ? `, and ${unpayable.length - MAX_NAMES} more` : "";
  return `${last}; even coming first, these could not be paid in full: ${names}${more}.`;
}

function finding(name: "solvency" | "conservation", sentence: string, expected: bigint, actual: bigint): Finding {
  const { number: check, severity } = CHECKS[name];
  return { check, name, severity, sentence, block: null, tx: null, expected: String(expected), actual: String(actual) };
}

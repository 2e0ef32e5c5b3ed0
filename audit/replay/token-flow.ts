import type { TokenTransfer, TransactionFacts } from "../facts/facts.ts";
import type { Address } from "../facts/primitives.ts";
import { type Run, report } from "./run.ts";

/** Compares a transaction's deposits and withdrawals with the tokens that really moved. */
export function checkTokenFlow(run: Run, facts: TransactionFacts): void {
  const { contract } = run.rules;
  const { money } = run;
  const received = sumOf(facts.transfers.filter((transfer) => transfer.to === contract));
  const deposited = sumOf(facts.events.filter((event) => event.kind === "Deposited" || event.kind === "BondDeposited"));
  if (deposited > received) {
    const sentence = `deposits of ${money(deposited)} were credited, but ${money(received)} arrived`;
    report(run, "token-flow", facts, sentence, { expected: String(deposited), actual: String(received) });
  }
  const sent = facts.transfers.filter((transfer) => transfer.from === contract);
  const withdrawn = facts.events.filter(
    (event) => event.kind === "Withdrawn" || event.kind === "Released" || event.kind === "BondWithdrawn",
  );
  for (const to of new Set<Address>([...sent, ...withdrawn].map((movement) => movement.to))) {
    const left = sumOf(sent.filter((transfer) => transfer.to === to));
    const due = sumOf(withdrawn.filter((event) => event.to === to));
    if (left === due) continue;
    const sentence = `${money(left)} left to ${to}, but withdrawals to it are ${money(due)}`;
    report(run, "token-flow", facts, sentence, { account: to, expected: String(due), actual: String(left) });
  }
}

function sumOf(movements: readonly Pick<TokenTransfer, "amount">[]): bigint {
  return movements.reduce((sum, { amount }) => sum + amount, 0n);
}

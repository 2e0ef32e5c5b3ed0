import type { ChainView } from "../devnet/chain-view.ts";
import { sha256Of } from "../devnet/file-hash.ts";
import type { AccountResult } from "./report.ts";

export interface StoryFacts {
  readonly original: string;
  readonly copies: readonly string[];
  readonly accounts: readonly AccountResult[];
  readonly audited: { readonly ok: boolean };
  readonly devnet: ChainView;
}

/**
 * What must hold at the end, each broken promise one sentence. Empty means that everything adds up.
 */
export async function checkStory(facts: StoryFacts): Promise<string[]> {
  const problems: string[] = [];
  const hash = await sha256Of(facts.original);
  for (const copy of facts.copies) {
    if ((await sha256Of(copy)) !== hash) problems.push(`${copy} differs from the original`);
  }

  const paid = facts.accounts.reduce((sum, account) => sum + account.paid, 0n);
  const earned = facts.accounts.reduce((sum, account) => sum + account.earned, 0n);
  const fees = facts.accounts.reduce((sum, account) => sum + account.fees, 0n);
  if (paid === 0n) problems.push("nobody paid anything");
  if (paid !== earned + fees) problems.push(`paid ${paid} is not earned ${earned} + fee ${fees}`);

  for (const account of facts.accounts) {
    const onChain = await facts.devnet.balanceOf(account.account);
    const ledger = account.depositBefore - account.paid + account.earned;
    if (onChain !== ledger) problems.push(`${account.name} has ${onChain} on-chain, ${ledger} by the ledger`);
    if (account.depositAfter !== onChain)
      problems.push(`the authority shows ${account.depositAfter} for ${account.name}`);
    const promised = account.signed;
    if (promised !== account.paid) problems.push(`${account.name} signed ${promised} and paid ${account.paid}`);
  }

  if (!facts.audited.ok) problems.push("the audit is not clean");
  return problems;
}

import type { CheckName } from "../../checks.ts";
import type { CallOf, WithdrawalTerms } from "../../facts/calls.ts";
import type { Address } from "../../facts/primitives.ts";
import { accountIn } from "../../facts/state.ts";
import { type Run, report, reportNotChecked, type TransactionRun } from "../run.ts";

/** What the wallet signs: each of the two promises has a name of its own. */
const NAMES = { requestWithdrawalFor: "Withdrawal", withdrawNowFor: "InstantWithdrawal" } as const;
const KINDS = { requestWithdrawalFor: "withdrawal", withdrawNowFor: "instantWithdrawal" } as const;

/**
 * Checks what a wallet signed about a withdrawal, and uses up its nonce. Findings go to `check`.
 */
export function checkConsent(
  run: Run,
  tx: TransactionRun,
  check: CheckName,
  call: CallOf<"requestWithdrawalFor" | "withdrawNowFor">,
): void {
  const { account, deadline } = call.withdrawal;
  const name = NAMES[call.kind];
  const fail = (why: string): void =>
    report(run, check, tx.facts, `the ${name} that ${account} signed ${why}`, { account });
  if (tx.facts.time > deadline) fail("came after its deadline");
  checkNonce(run, call.withdrawal, fail);

  const signer = run.signers.recover(KINDS[call.kind], call.withdrawal, call.signature, (key) => key === account);
  if (signer === account) return;
  if (run.contractWallets.has(account)) {
    reportNotChecked(run, tx.facts, `the ${name} of ${account} is signed by a wallet with code (ERC-1271)`);
  } else {
    fail(`is signed by ${signer ?? "nobody"}, not by the wallet`);
  }
}

/** An account's own request also uses up a nonce: signed requests not yet relayed become stale. */
export function useNonce(run: Run, account: Address): void {
  accountIn(run.state, account).nonce++;
}

function checkNonce(run: Run, { account, nonce }: WithdrawalTerms, fail: (why: string) => void): void {
  const due = accountIn(run.state, account).nonce;
  if (nonce !== due && !run.cloudedNonces.has(account)) fail(`uses nonce ${nonce}; its next was ${due}`);
  useNonce(run, account);
}

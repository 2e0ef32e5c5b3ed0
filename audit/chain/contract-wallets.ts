import type { Call } from "../facts/calls.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { recoverAuthorizer, recoverInstantWithdrawer, recoverWithdrawer } from "../signatures/signatures.ts";
import type { ChainReader } from "./chain-reader.ts";

/** Accounts with code whose signature no key made: only they can check it (ERC-1271). */
export async function findContractWallets(
  chain: Pick<ChainReader, "code">,
  domain: Hex,
  history: readonly TransactionFacts[],
): Promise<Set<Address>> {
  const wallets = new Set<Address>();
  for (const { block, calls } of history) {
    for (const call of calls ?? []) {
      const account = unrecoveredSigner(domain, call);
      if (account !== null && (await chain.code(account, block)) !== "0x") wallets.add(account);
    }
  }
  return wallets;
}

/** The account whose signature the call brings, if no key gives that account. */
function unrecoveredSigner(domain: Hex, call: Call): Address | null {
  switch (call.kind) {
    case "authorizeSessionFor": {
      const { authorization, signature } = call;
      const signer = recoverAuthorizer(domain, authorization, signature);
      return signer === authorization.account ? null : authorization.account;
    }
    case "requestWithdrawalFor":
    case "withdrawNowFor": {
      const { withdrawal, signature } = call;
      const recover = call.kind === "withdrawNowFor" ? recoverInstantWithdrawer : recoverWithdrawer;
      const signer = recover(domain, withdrawal, signature);
      return signer === withdrawal.account ? null : withdrawal.account;
    }
    default:
      return null;
  }
}

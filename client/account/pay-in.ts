import { type Amount, parseBaseUnits } from "../../protocol/base/units.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import { type CardDeposit, fundAccount } from "./fund.ts";
import type { AccountHome } from "./home.ts";
import type { Account } from "./opened-account.ts";
import { authorize } from "./renew.ts";

export interface PaidIn {
  readonly deposit: DepositReply;
  readonly account: Account;
  /** Base units, the deposit included. */
  readonly balance: Amount;
}

interface Watch {
  readonly signal: AbortSignal;
  /** The money is in the account. */
  readonly onDeposited: (paid: PaidIn) => void;
  /** Of `fundAccount`. */
  readonly onEarlier?: (earlier: DepositReply) => void;
}

/**
 * `fundAccount`, and then the wallet lets this home's session key spend the new money. A customer
 * that chose a limit keeps it, and the wallet stays locked. It is unlocked before the card is
 * charged: a missing passphrase must not mean money that cannot be spent.
 * @throws as `fundAccount` and `authorize`
 */
export async function payIn(
  home: AccountHome,
  account: Account,
  card: CardDeposit,
  { signal, onDeposited, onEarlier }: Watch,
): Promise<PaidIn> {
  const wallet = account.session.chosenLimit === null ? await home.unlock() : null;
  const deposit = await fundAccount(home, account, card, signal, onEarlier);
  const balance = parseBaseUnits((await account.client.account(signal)).balance);
  onDeposited({ deposit, account, balance });
  if (wallet === null) return { deposit, account, balance };
  return { deposit, account: await authorize(home, account, wallet, signal), balance };
}

import type { Account } from "../../client/account/opened-account.ts";
import { identityOf } from "../../client/wallet/session.ts";
import { type FloodgateError, PaymentError } from "../../protocol/base/errors.ts";
import { type Amount, formatBytes, formatMoney, min, owed } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { Confirm } from "../runtime.ts";

/** What a download costs, told and compared with the account's money before it begins. */

/** What an account can spend, base units. */
export interface Purse {
  /** The balance, less what leaves the account. */
  readonly spendable: Amount;
  /** What is left of the limit that the customer chose for this device; null: none was chosen. */
  readonly limitLeft: Amount | null;
}

export interface Quote {
  readonly bytes: number;
  /** At most, base units. */
  readonly cost: Amount;
}

/** A person is asked before more than this part of the account's money is spent. */
const ASK_ABOVE = { numerator: 1n, denominator: 10n };

/** @throws as `AuthorityClient.account` and `session` */
export async function readPurse({ client, session }: Account, signal: AbortSignal): Promise<Purse> {
  const { balance, withdrawing } = await client.account(signal);
  const spendable = BigInt(balance) - BigInt(withdrawing);
  if (session.chosenLimit === null) return { spendable, limitLeft: null };
  const { sessionKey } = identityOf(session);
  const { spent } = await client.session(sessionKey, signal);
  return { spendable, limitLeft: session.chosenLimit - BigInt(spent) };
}

export function quoteOf(bytes: number, pricePerGiB: Amount): Quote {
  return { bytes, cost: owed(bytes, pricePerGiB) };
}

/** Why the account cannot pay, or null. What `maxSpend` leaves out need not be there. */
export function shortageOf(
  { cost }: Quote,
  { spendable, limitLeft }: Purse,
  maxSpend: Amount | null,
  token: Info["token"],
): FloodgateError | null {
  const needed = maxSpend === null ? cost : min(cost, maxSpend);
  const money = (amount: Amount): string => formatMoney(amount, token);
  if (cost > 0n && spendable <= 0n)
    return new PaymentError(
      "BALANCE_TOO_LOW",
      `it costs ${money(cost)}, and there is nothing to spend in the account: pay in with \`floodgate deposit\``,
    );
  if (needed > spendable)
    return new PaymentError(
      "BALANCE_TOO_LOW",
      `it costs ${money(cost)}, and the account has ${money(spendable)}: pay in with \`floodgate deposit\`, or get a part with --max-spend`,
    );
  if (limitLeft !== null && needed > limitLeft)
    return new PaymentError(
      "BALANCE_TOO_LOW",
      `it costs ${money(cost)}, and this device may spend ${money(limitLeft > 0n ? limitLeft : 0n)} more: raise that with \`floodgate register --limit\`, or get a part with --max-spend`,
    );
  return null;
}

/** Whether a person should be asked first. It spends no more than `maxSpend`. */
export function isLarge({ cost }: Quote, { spendable }: Purse, maxSpend: Amount | null): boolean {
  const most = maxSpend === null ? cost : min(cost, maxSpend);
  return most * ASK_ABOVE.denominator > spendable * ASK_ABOVE.numerator;
}

/** @throws {PaymentError} PRICE_DECLINED */
export async function askToSpend(confirm: Confirm): Promise<void> {
  if (await confirm("Download it?")) return;
  throw new PaymentError("PRICE_DECLINED", "you did not agree to the cost: nothing was bought");
}

export function describeQuote(
  { bytes, cost }: Quote,
  purse: Purse,
  token: Info["token"],
  { isSponsored = false, sharePercent = 0 }: { readonly isSponsored?: boolean; readonly sharePercent?: number } = {},
): string {
  if (isSponsored) return `${formatBytes(bytes)} to get; the sponsor pays ${formatMoney(cost, token)} at most`;
  const has = `${formatMoney(purse.spendable, token)} in the account`;
  const share = sharePercent === 0 ? "" : `, ${sharePercent} % of it to the publisher`;
  return `${formatBytes(bytes)} to get for ${formatMoney(cost, token)} at most${share}; ${has}`;
}

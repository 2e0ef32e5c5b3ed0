import { createSessionKey, readSession, type Session } from "../../client/wallet/session.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { type Amount, MAX_UINT96, parseAmount } from "../../protocol/base/units.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";
import { type Account, authorize, logIn, openAccount, unlockWallet } from "./account.ts";
import { fundAccount } from "./fund.ts";
import { joinNetwork } from "./network-file.ts";

interface Registration {
  readonly authority: string;
  readonly deposit?: string;
  readonly card?: string;
  readonly limit?: string;
}

/** Logs the wallet in for the first time, or again; pays in; authorizes this home's session key. */
export async function register(context: Context, options: Registration): Promise<void> {
  if ((options.deposit === undefined) !== (options.card === undefined))
    throw new InputError("OPTIONS_INCOMPLETE", "give --deposit and --card together, or neither");
  const wallet = await unlockWallet(context);
  const { client, network } = await joinNetwork(context.home, options.authority, context.signal);
  const { token } = network.info;
  const amount = options.deposit === undefined ? null : parsePositive(options.deposit, token.decimals);
  const limit = options.limit === undefined ? MAX_UINT96 : parsePositive(options.limit, token.decimals);

  const known = await readSession(context.home);
  const fresh: Session = {
    account: wallet.address,
    privateKey: createSessionKey(),
    accessToken: "",
    accessExpiresAt: 0,
    limit,
    authorizedUntil: 0,
  };
  const session = known?.account === wallet.address ? { ...known, limit: options.limit ? limit : known.limit } : fresh;
  let account: Account = await logIn(context, { network, client, session }, wallet);
  context.output.event(
    "registered",
    { account: wallet.address },
    `account ${toChecksumAddress(wallet.address)} is registered`,
  );
  if (amount !== null && options.card !== undefined) {
    await fundAccount(context, account, options.card, amount);
    context.output.event("deposited", { amount }, `${formatMoney(amount, token)} are paid in`);
  }
  const { balance } = await account.client.account(context.signal);
  if (balance !== "0") account = await authorize(context, account, wallet);
  const text =
    balance === "0"
      ? "There is no money in the account yet: pay in with `floodgate deposit`."
      : `This device may spend from ${formatMoney(balance, token)} for ${Math.round(network.info.sessionLifetimeSec / 60)} minutes; later commands renew that.`;
  const { authorizedUntil } = account.session;
  context.output.event("done", { account: wallet.address, balance, authorizedUntil }, text);
}

export async function deposit(context: Context, text: string, card: string): Promise<void> {
  const account = await openAccount(context, "login");
  const { token } = account.network.info;
  const amount = parsePositive(text, token.decimals);
  const { id, txHash } = await fundAccount(context, account, card, amount);
  const { balance } = await account.client.account(context.signal);
  const line = `${formatMoney(amount, token)} are paid in; the balance is ${formatMoney(balance, token)}`;
  context.output.event("done", { id, amount, balance, txHash }, line);
}

function parsePositive(text: string, decimals: number): Amount {
  const amount = parseAmount(text, decimals);
  if (amount === 0n) throw new InputError("AMOUNT_INVALID", "the amount must be above zero");
  return amount;
}

import type { Command } from "commander";
import type { Session } from "../../client/wallet/session.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { formatMoney, MAX_UINT96 } from "../../protocol/base/units.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import type { Info } from "../../protocol/http/public.ts";
import { amountArgument, parsePositive, urlArgument } from "../arguments.ts";
import { CARD_HELP, cardOption, readCard } from "../card.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

interface RegisterOptions extends CommonOptions {
  readonly authority: string;
  readonly deposit?: string;
  readonly card?: string;
  readonly limit?: string;
}

interface DepositOptions extends CommonOptions {
  readonly card: string;
}

/** `register` and `deposit`: how money comes in. */
export function addRegisterCommands(program: Command, runtime: Runtime): void {
  withPassphrase(
    addCommand(program, "register", "register the wallet with an authority, pay in, and authorize this device", [
      "register --authority http://127.0.0.1:8600 --deposit 5 --card 4242424242424242",
    ]),
  )
    .requiredOption("--authority <url>", "address of the authority's API", urlArgument)
    .option("--deposit <amount>", "first deposit, like 5 or 12.50", amountArgument)
    .option("--card <number>", CARD_HELP, cardOption)
    .option(
      "--limit <amount>",
      "most that this device may ever spend (default: what is in the account)",
      amountArgument,
    )
    .action((options: RegisterOptions) => registerHome(contextOf(runtime, options), options));

  withPassphrase(
    addCommand(program, "deposit", "charge a card and credit the account", [
      "deposit 5 --card 4242424242424242",
      "deposit 5 --card -    # asks for the number",
    ]),
  )
    .argument("<amount>", "like 5 or 12.50", amountArgument)
    .requiredOption("--card <number>", CARD_HELP, cardOption)
    .action((amount: string, options: DepositOptions) => deposit(contextOf(runtime, options), amount, options.card));
}

/** @throws {InputError} OPTIONS_INCOMPLETE, AMOUNT_INVALID; and as `register` of client/account */
async function registerHome(context: CommandContext, options: RegisterOptions): Promise<void> {
  if ((options.deposit === undefined) !== (options.card === undefined))
    throw new InputError("OPTIONS_INCOMPLETE", "give --deposit and --card together, or neither");
  const [{ joinNetwork }, { register }] = await Promise.all([
    import("../../client/account/network.ts"),
    import("../../client/account/register.ts"),
  ]);
  const { output, signal } = context;
  const card = options.card === undefined ? undefined : await readCard(context, options.card);
  const home = await openHome(context);
  const wallet = await home.unlock();
  const opened = await joinNetwork(home, options.authority, signal);
  const { token, sessionLifetimeSec } = opened.network.info;
  const amount = options.deposit === undefined ? 0n : parsePositive(options.deposit, token.decimals);
  const limit = options.limit === undefined ? null : parsePositive(options.limit, token.decimals);
  const account = wallet.address;
  const registration = { deposit: card === undefined ? null : { card, amount }, limit };
  const registered = await register(home, wallet, opened, registration, {
    signal,
    onEvent(event) {
      if (event === "deposited") output.event(event, { amount }, `${formatMoney(amount, token)} was paid in`);
      else output.event(event, { account }, `account ${toChecksumAddress(account)} is registered`);
    },
    onEarlier: tellEarlier(context, token),
  });
  const { balance } = registered;
  const { session } = registered.account;
  const text =
    balance === 0n
      ? "There is no money in the account yet: pay in with `floodgate deposit`."
      : `${limitText(session, token)} The authorization lasts ${Math.round(sessionLifetimeSec / 60)} minutes; later commands renew it.`;
  const { authorizedUntil } = session;
  output.event("done", { account, balance, limit: session.limit, authorizedUntil }, text);
}

/** @throws {InputError} AMOUNT_INVALID; and as `payIn` of client/account */
async function deposit(context: CommandContext, text: string, given: string): Promise<void> {
  const [{ openAccount }, { payIn }] = await Promise.all([
    import("../../client/account/account.ts"),
    import("../../client/account/pay-in.ts"),
  ]);
  const { output, signal } = context;
  const card = await readCard(context, given);
  const home = await openHome(context);
  const account = await openAccount(home, "login", signal);
  const { token } = account.network.info;
  const amount = parsePositive(text, token.decimals);
  const paidIn = await payIn(
    home,
    account,
    { card, amount },
    {
      signal,
      onDeposited({ deposit: { txHash }, balance }) {
        const line = `${formatMoney(amount, token)} was paid in; the balance is ${formatMoney(balance, token)}`;
        output.event("deposited", { amount, balance, txHash }, line);
      },
      onEarlier: tellEarlier(context, token),
    },
  );
  const { id, txHash } = paidIn.deposit;
  const { session } = paidIn.account;
  const { balance } = paidIn;
  output.event("done", { id, amount, balance, limit: session.limit, txHash }, limitText(session, token));
}

/** An earlier deposit has no end yet: it comes to one without this home. */
function tellEarlier({ output }: CommandContext, token: Info["token"]): (earlier: DepositReply) => void {
  return ({ id, amount, state }) => {
    const text = `an earlier deposit of ${formatMoney(amount, token)} is still under way: it will be credited or paid back`;
    output.event("earlier", { id, amount, state }, text);
  };
}

/** How much this device may spend, and how to change that. */
function limitText({ limit, chosenLimit }: Session, token: Info["token"]): string {
  if (limit === MAX_UINT96) return "This device may spend all that is ever in the account.";
  const text = `This device may spend ${formatMoney(limit, token)} in all`;
  return chosenLimit === null
    ? `${text}, past spending included.`
    : `${text}, as --limit said: \`floodgate register --limit\` raises that.`;
}

import type { Command } from "commander";
import { parseAddress, toChecksumAddress } from "../../../protocol/base/ids.ts";
import { formatMoney } from "../../../protocol/base/units.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../../runtime.ts";
import { formatTable } from "../../table.ts";

/** `balance` and `earnings`: the account's summary. */
export function addAccountCommands(program: Command, runtime: Runtime): void {
  withPassphrase(addCommand(program, "balance", "show what the account has, owes and is owed", ["balance"])).action(
    (options: CommonOptions) => showBalance(contextOf(runtime, options)),
  );
  withPassphrase(addCommand(program, "earnings", "show what the account earned, by content", ["earnings"])).action(
    (options: CommonOptions) => showEarnings(contextOf(runtime, options)),
  );
}

async function showBalance(context: CommandContext): Promise<void> {
  const { client, network } = await openToLook(context);
  const account = await client.account(context.signal);
  const money = (amount: string): string => formatMoney(amount, network.info.token);
  const lines = [
    `account    ${toChecksumAddress(parseAddress(account.account))}`,
    `balance    ${money(account.balance)}`,
    `  free     ${money(account.free)}`,
    `  promised ${money(account.reserved)} to downloads, until they are settled`,
    ...(account.withdrawing === "0" ? [] : [`  leaving  ${money(account.withdrawing)}`]),
    `paid       ${money(account.paid)}${account.owing === "0" ? "" : `, and ${money(account.owing)} signed that is not settled yet`}`,
    `earned     ${money(account.earned)} after ${money(account.fees)} fee`,
    `unsettled  ${money(account.unsettled)} of vouchers that the authority holds for you`,
  ];
  context.output.event("done", account, lines.join("\n"));
}

async function showEarnings(context: CommandContext): Promise<void> {
  const account = await openToLook(context);
  const { readEarnings } = await import("../../../client/account/summary.ts");
  const { token } = account.network.info;
  const earnings = await readEarnings(account, context.signal);
  const { earned, fees, unsettled, contents } = earnings;
  const rows = contents.map((content) => [
    content.infoHash,
    content.lanes,
    formatMoney(content.settled, token),
    formatMoney(content.unsettled, token),
  ]);
  const total = `earned ${formatMoney(earned, token)} after ${formatMoney(fees, token)} fee; ${formatMoney(unsettled, token)} unsettled`;
  const text =
    rows.length === 0
      ? "Nothing earned yet: seed something."
      : `${await formatTable(["content", ">lanes", ">settled", ">unsettled"], rows)}\n${total}`;
  context.output.event("done", { ...earnings }, text);
}

async function openToLook(context: CommandContext) {
  const { openAccount } = await import("../../../client/account/account.ts");
  return openAccount(await openHome(context), "login", context.signal);
}

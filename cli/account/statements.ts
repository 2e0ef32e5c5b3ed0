import Table from "cli-table3";
import { parseAddress, toChecksumAddress } from "../../protocol/base/ids.ts";
import type { AccountLanes } from "../../protocol/http/accounts.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";
import { type Account, openAccount } from "./account.ts";

/** At most this many lanes are read for a statement: the newest. */
const MAX_PAGES = 100;

export async function showBalance(context: Context): Promise<void> {
  const { client, network } = await openAccount(context, "login");
  const account = await client.account(context.signal);
  const money = (amount: string): string => formatMoney(amount, network.info.token);
  const lines = [
    `account    ${toChecksumAddress(parseAddress(account.account))}`,
    `balance    ${money(account.balance)}`,
    `  free     ${money(account.free)}`,
    `  reserved ${money(account.reserved)} for running downloads`,
    ...(account.withdrawing === "0" ? [] : [`  leaving  ${money(account.withdrawing)}`]),
    `paid       ${money(account.paid)}`,
    `earned     ${money(account.earned)} after ${money(account.fees)} fee`,
    `unsettled  ${money(account.unsettled)} of vouchers that the authority holds for you`,
  ];
  context.output.event("done", account, lines.join("\n"));
}

interface ContentEarnings {
  readonly infoHash: string;
  settled: bigint;
  unsettled: bigint;
  lanes: number;
}

export async function showEarnings(context: Context): Promise<void> {
  const account = await openAccount(context, "login");
  const { token } = account.network.info;
  const contents = new Map<string, ContentEarnings>();
  for (const lane of await readPayeeLanes(context, account)) {
    const content = contents.get(lane.infoHash) ?? { infoHash: lane.infoHash, settled: 0n, unsettled: 0n, lanes: 0 };
    contents.set(lane.infoHash, content);
    content.lanes++;
    if (lane.state === "settled") content.settled += BigInt(lane.amount);
    else if (lane.state !== "skipped") content.unsettled += BigInt(lane.amount);
  }
  const { earned, fees, unsettled } = await account.client.account(context.signal);
  const table = new Table({
    head: ["content", "lanes", "settled", "unsettled"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const { infoHash, lanes, settled, unsettled: open } of contents.values())
    table.push([infoHash, lanes, formatMoney(settled, token), formatMoney(open, token)]);
  const total = `earned ${formatMoney(earned, token)} after ${formatMoney(fees, token)} fee; ${formatMoney(unsettled, token)} unsettled`;
  const text = contents.size === 0 ? "Nothing earned yet: seed something." : `${table.toString()}\n${total}`;
  context.output.event("done", { earned, fees, unsettled, contents: [...contents.values()] }, text);
}

async function readPayeeLanes({ signal }: Context, { client }: Account): Promise<AccountLanes["lanes"]> {
  const lanes: AccountLanes["lanes"] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply: AccountLanes = await client.accountLanes(cursor, signal);
    lanes.push(...reply.lanes.filter((lane) => lane.role === "payee" && lane.amount !== "0"));
    cursor = reply.cursor;
    if (cursor === null) break;
  }
  return lanes;
}

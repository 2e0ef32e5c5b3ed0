import { type Command, Option } from "commander";
import { printable } from "../../../protocol/base/text.ts";
import { formatMoney } from "../../../protocol/base/units.ts";
import type { EarningsJson, PeerJson, WaysJson } from "../../../protocol/http/peer.ts";
import {
  addPeerCommand,
  openPeer,
  type PeerContext,
  type PeerOptions,
  peerContextOf,
} from "../../content/open-peer.ts";
import type { Runtime } from "../../runtime.ts";
import { formatTable } from "../../table.ts";

type By = "content" | "day" | "counterparty";

/** Commands that tell where the money of the running peer is. */
export function addMoneyCommands(peer: Command, runtime: Runtime): void {
  addPeerCommand(peer, "earnings", "show what was earned and paid, and what is still to come", [
    "peer earnings",
    "peer earnings --by day",
  ])
    .addOption(
      new Option("--by <what>", "add up by this").choices(["content", "day", "counterparty"]).default("content"),
    )
    .action((options: PeerOptions & { readonly by: By }) => showEarnings(peerContextOf(runtime, options), options.by));
  addPeerCommand(peer, "why", "show how far an amount, or the money of a lane, has come, and what happens next", [
    "peer why 0.004882",
    "peer why 7",
    "peer why 0x1d96f2f6bef1202e4ce1ff6dad0c2cb002861d3e/7",
  ])
    .argument("<what>", "an amount with a decimal point, a lane's number, its payer and number, or a transaction")
    .action((what: string, options: PeerOptions) => showWhy(peerContextOf(runtime, options), what));
}

async function showEarnings(context: PeerContext, by: By): Promise<void> {
  const { client } = await openPeer(context);
  const [{ token }, earnings] = await Promise.all([client.peer(), client.earnings(by)]);
  context.output.event("done", earnings, await describeEarnings(earnings, by, token));
}

async function describeEarnings(
  { rows, settled, fees, unsettled }: EarningsJson,
  by: By,
  token: PeerJson["token"],
): Promise<string> {
  if (rows.length === 0) return "Nothing earned or paid yet.";
  const money = (amount: string): string => formatMoney(amount, token);
  const table = await formatTable(
    [by, ">paid", ">earned", ">unsettled", "due by"],
    rows.map(({ key, title, paid, earned, unsettled: open, dueAt }) => [
      title === null ? key : printable(title),
      money(paid),
      money(earned),
      money(open),
      dueAt === null ? "" : new Date(dueAt * 1000).toISOString().replace(".000Z", "Z"),
    ]),
  );
  return `${table}\nsettled ${money(settled)} after ${money(fees)} fee; ${money(unsettled)} to come`;
}

async function showWhy(context: PeerContext, what: string): Promise<void> {
  const { client } = await openPeer(context);
  const [{ token }, ways] = await Promise.all([client.peer(), client.why(what)]);
  context.output.event("done", ways, ways.lanes.map((lane) => describeWay(lane, token)).join("\n\n"));
}

function describeWay(lane: WaysJson["lanes"][number], token: PeerJson["token"]): string {
  const { payer, payee, lane: number, role, amount, steps, next } = lane;
  const other = role === "payee" ? `from ${payer}` : `to ${payee}`;
  const lines = steps.map(({ name, isDone, text }) => `  ${isDone ? "x" : " "} ${name.padEnd(8)} ${printable(text)}`);
  return [`lane ${number} ${other}: ${formatMoney(amount, token)}`, ...lines, `  next       ${printable(next)}`].join(
    "\n",
  );
}

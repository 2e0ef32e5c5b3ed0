import { printable } from "../../../../protocol/base/text.ts";
import { formatAmount } from "../../../../protocol/base/units.ts";
import type { Info } from "../../../../protocol/http/public.ts";
import { changeOf, type Entry, isMoved, isUnused } from "./entries.ts";
import { railOf } from "./words.ts";

/** The timeline as files: for spreadsheets (RFC 4180) and for plain-text accounting (beancount). */

const COLUMNS = [
  "time",
  "kind",
  "state",
  "change",
  "fee",
  "counterparty",
  "content",
  "title",
  "lane",
  "batch",
  "transaction",
  "reason",
];

type Token = Info["token"];

export function toCsv(entries: readonly Entry[], token: Token): string {
  const rows = entries.filter((entry) => !isUnused(entry)).map((entry) => rowOf(entry, token));
  return [[...COLUMNS.slice(0, 3), `change ${token.symbol}`, `fee ${token.symbol}`, ...COLUMNS.slice(5)], ...rows]
    .map((row) => `${row.map(cell).join(",")}\r\n`)
    .join("");
}

function rowOf(entry: Entry, token: Token): string[] {
  const amount = (units: bigint): string => formatAmount(units, token.decimals);
  const { stations, at } = railOf(entry);
  const head = [new Date(entry.at * 1_000).toISOString(), entry.kind];
  if (entry.kind !== "lane") {
    const { state, reason, txHash } = entry.kind === "deposit" ? entry.deposit : entry.withdrawal;
    const to = entry.kind === "withdrawal" ? entry.withdrawal.to : (entry.deposit.from ?? "");
    return [...head, state, amount(changeOf(entry)), "", to, "", "", "", "", txHash ?? "", reason ?? ""];
  }
  const { lane } = entry;
  const other = lane.role === "payer" ? lane.payee : lane.payer;
  const state = lane.place === "skipped" ? "skipped" : (stations[at] ?? "");
  const fee = lane.role === "payee" ? amount(BigInt(lane.fee)) : "";
  const rest = [
    other,
    lane.infoHash,
    lane.title ?? "",
    String(lane.lane),
    lane.batch === null ? "" : String(lane.batch),
  ];
  return [...head, state, amount(changeOf(entry)), fee, ...rest, lane.txHash ?? "", lane.reason ?? ""];
}

/** A spreadsheet must not take a stranger's title for a formula. */
function cell(text: string): string {
  const plain = printable(text, 1_000);
  const safe = /^[=+@\t\r]|^-(?![0-9.]+$)/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Only what has moved on-chain. Each transaction sums to zero. */
export function toBeancount(entries: readonly Entry[], token: Token, account: string): string {
  const unit = commodityOf(token.symbol);
  const amount = (units: bigint): string => `${formatAmount(units, token.decimals)} ${unit}`;
  const own = `Assets:Floodgate:${account.toLowerCase()}`;
  const names = [
    own,
    "Assets:Bank",
    "Assets:Wallet",
    "Income:Floodgate",
    "Expenses:Floodgate:Contents",
    "Expenses:Floodgate:Fees",
  ];
  const moved = entries.filter(isMoved).toReversed();
  const first = dayOf(moved[0]?.at ?? 0);
  const lines = [
    'option "title" "Floodgate"',
    `${first} commodity ${unit}`,
    ...names.map((name) => `${first} open ${name} ${unit}`),
  ];
  for (const entry of moved) {
    const legs = postings(entry, own);
    lines.push(
      "",
      `${dayOf(entry.at)} * "${entry.kind}"`,
      ...legs.map(([name, units]) => `  ${name}  ${amount(units)}`),
    );
  }
  return `${lines.join("\n")}\n`;
}

function postings(entry: Entry, own: string): [string, bigint][] {
  if (entry.kind === "deposit") {
    const units = BigInt(entry.deposit.amount);
    return [
      [own, units],
      [entry.deposit.by === "chain" ? "Assets:Wallet" : "Assets:Bank", -units],
    ];
  }
  if (entry.kind === "withdrawal") {
    const units = BigInt(entry.withdrawal.amount);
    return [
      ["Assets:Wallet", units],
      [own, -units],
    ];
  }
  const [paid, fee] = [BigInt(entry.lane.paid), BigInt(entry.lane.fee)];
  if (entry.lane.role === "payer")
    return [
      ["Expenses:Floodgate:Contents", paid],
      [own, -paid],
    ];
  return [
    [own, paid - fee],
    ["Expenses:Floodgate:Fees", fee],
    ["Income:Floodgate", -paid],
  ];
}

/** Beancount takes capitals, digits and few signs, and begins with a letter. */
function commodityOf(symbol: string): string {
  const plain = symbol
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(0, 20);
  return /^[A-Z][A-Z0-9]+$/.test(plain) ? plain : `T${plain}X`;
}

function dayOf(at: number): string {
  return new Date(at * 1_000).toISOString().slice(0, 10);
}

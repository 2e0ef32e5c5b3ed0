import { printTokens, type TokenFacts } from "../facts/money-text.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";
import type { MovementKind } from "./movement.ts";
import { printDay, printTime } from "./time-text.ts";

/** The account on the other side of each movement. `Assets:Outside`: money outside the contract. */
const OTHER_SIDE: Record<MovementKind, string> = {
  opening: "Equity:Opening",
  deposit: "Assets:Outside",
  withdrawal: "Assets:Outside",
  release: "Assets:Outside",
  payment: "Expenses:Floodgate:Downloads",
  earning: "Income:Floodgate:Uploads",
  fees: "Income:Floodgate:Fees",
  "claim-payment": "Expenses:Floodgate:Claims",
  "claim-earning": "Income:Floodgate:Claims",
};
const FEES = "Expenses:Floodgate:Fees";

const SECONDS_PER_DAY = 86_400;

/**
 * An account's ledger for beancount (v2, v3). Every transaction sums to zero; the last line asserts
 * the balance.
 */
export function formatBeancount({ account, entries, balance, time }: Ledger, token: TokenFacts): string {
  const commodity = commodityOf(token.symbol);
  const own = `Assets:Floodgate:${account.toLowerCase()}`;
  const first = printDay(entries[0]?.time ?? time);
  const accounts = [...new Set([own, FEES, ...Object.values(OTHER_SIDE)])].toSorted();
  const blocks = [
    `option "title" "Floodgate ${account.toLowerCase()}"\noption "operating_currency" "${commodity}"`,
    [`${first} commodity ${commodity}`, ...accounts.map((name) => `${first} open ${name} ${commodity}`)].join("\n"),
    ...entries.map((entry) =>
      transactionOf(entry, own, (amount) => `${printTokens(amount, token.decimals)} ${commodity}`),
    ),
    // Beancount asserts balances at the beginning of a day.
    `${printDay(time + SECONDS_PER_DAY)} balance ${own} ${printTokens(balance, token.decimals)} ${commodity}`,
  ];
  return `${blocks.join("\n\n")}\n`;
}

function transactionOf(entry: LedgerEntry, own: string, money: (amount: bigint) => string): string {
  const { kind, amount, fee, fromBond, tx, block, time, batch, lane, counterparty } = entry;
  const metadata = {
    time: `"${printTime(time)}"`,
    block,
    ...(tx !== null && { tx: `"${tx}"` }),
    ...(batch !== null && { batch }),
    ...(lane !== null && { lane }),
    ...(counterparty !== null && { counterparty: `"${counterparty.toLowerCase()}"` }),
    ...(fromBond !== 0n && { bond: money(fromBond) }),
  };
  const postings = [
    [own, amount],
    ...(fee === 0n ? [] : [[FEES, fee] as const]),
    [OTHER_SIDE[kind], -(amount + fee)],
  ] as const;
  return [
    `${printDay(time)} * "${kind}"`,
    ...Object.entries(metadata).map(([key, value]) => `  ${key}: ${value}`),
    ...postings.map(([name, value]) => `  ${name}  ${money(value)}`),
  ].join("\n");
}

/**
 * A token may have any name. Beancount accepts 2 to 24 of these characters, beginning with a
 * letter.
 */
function commodityOf(symbol: string): string {
  const name = symbol
    .toUpperCase()
    .slice(0, 24)
    .replace(/[^A-Z0-9]/g, "");
  return /^[A-Z][A-Z0-9]+$/.test(name) ? name : "TOKEN";
}

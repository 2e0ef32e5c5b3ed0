import { printTokens, type TokenFacts } from "../facts/money-text.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";
import { printTime } from "./time-text.ts";

/** The columns are stable: new ones come last. */
const COLUMNS = [
  "time",
  "block",
  "tx",
  "kind",
  "batch",
  "lane",
  "counterparty",
  "amount",
  "fee",
  "balance",
  "amount_base",
  "fee_base",
  "from_bond_base",
  "balance_base",
] as const;

/**
 * An account's ledger as CSV (RFC 4180, with \n), in tokens and base units. No field needs quotes.
 */
export function formatCsv({ entries }: Ledger, token: TokenFacts): string {
  const lines = entries.map((entry) => COLUMNS.map((column) => fieldsOf(entry, token)[column]).join(","));
  return `${[COLUMNS.join(","), ...lines].join("\n")}\n`;
}

function fieldsOf(entry: LedgerEntry, { decimals }: TokenFacts): Record<(typeof COLUMNS)[number], string> {
  const { time, block, tx, kind, batch, lane, counterparty, amount, fee, fromBond, balance } = entry;
  return {
    time: printTime(time),
    block: String(block),
    tx: tx ?? "",
    kind,
    batch: String(batch ?? ""),
    lane: String(lane ?? ""),
    counterparty: counterparty?.toLowerCase() ?? "",
    amount: printTokens(amount, decimals),
    fee: printTokens(fee, decimals),
    balance: printTokens(balance, decimals),
    amount_base: String(amount),
    fee_base: String(fee),
    from_bond_base: String(fromBond),
    balance_base: String(balance),
  };
}

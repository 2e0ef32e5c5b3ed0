import Table from "cli-table3";
import type { Address } from "../../protocol/base/ids.ts";
import { type Amount, formatAmount, formatBytes } from "../../protocol/base/units.ts";
import type { CommandRunner } from "../devnet/command.ts";
import type { Customer } from "../devnet/customers.ts";
import type { PeerProgress } from "./progress.ts";

/** One account's line of the demo's last table. Amounts in base units. */
export interface AccountResult {
  readonly name: string;
  readonly account: Address;
  readonly bytesDown: number;
  readonly bytesUp: number;
  readonly paid: Amount;
  /** Net of the fee. */
  readonly earned: Amount;
  readonly fees: Amount;
  /** What the peer itself counted as promised. */
  readonly signed: Amount;
  readonly depositBefore: Amount;
  readonly depositAfter: Amount;
}

/** What `--json` prints; `problems` says in words what does not hold. */
export interface DemoResult {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly fileBytes: number;
  readonly pieceLength: number;
  readonly leechers: number;
  readonly seconds: number;
  readonly downloadSeconds: number;
  readonly paid: Amount;
  readonly earned: Amount;
  readonly fee: Amount;
  /** Lanes settled in batches; `statements` of them by a payer's statement. */
  readonly vouchers: number;
  readonly statements: number;
  readonly batches: number;
  readonly gasUsed: Amount;
  readonly gasPerVoucher: number;
  readonly auditOk: boolean;
  readonly withdrawn: Amount;
  /** From the contract alone, when the authority was gone. */
  readonly claimed: Amount;
  readonly symbol: string;
  readonly decimals: number;
  readonly accounts: readonly AccountResult[];
}

/** What the authority's books say of this customer, beside what its own peer counted. */
export async function readAccount(
  runner: CommandRunner,
  customer: Customer,
  progress: PeerProgress,
): Promise<AccountResult> {
  const balance = await runner.run(["balance", "--home", customer.home]);
  const amount = (field: string): Amount => BigInt(String(balance[field]));
  return {
    name: customer.name,
    account: customer.account,
    bytesDown: progress.bytesDown,
    bytesUp: progress.bytesUp,
    paid: amount("paid"),
    earned: amount("earned"),
    fees: amount("fees"),
    signed: progress.paid,
    depositBefore: customer.depositBefore,
    depositAfter: amount("balance"),
  };
}

export function toJson(result: DemoResult): string {
  return JSON.stringify(result, (_, value) => (typeof value === "bigint" ? value.toString() : value));
}

export function formatResult(result: DemoResult): string {
  const money = (amount: Amount): string => formatAmount(amount, result.decimals);
  const table = new Table({
    head: ["account", "down", "up", "paid", "earned", "deposit before", "after"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const row of result.accounts) {
    const bytes = [formatBytes(row.bytesDown), formatBytes(row.bytesUp)];
    table.push([
      row.name,
      ...bytes,
      money(row.paid),
      money(row.earned),
      money(row.depositBefore),
      money(row.depositAfter),
    ]);
  }
  const sums = `paid ${money(result.paid)} = earned ${money(result.earned)} + fee ${money(result.fee)} ${result.symbol}`;
  const { vouchers, statements } = result;
  const gas = `${vouchers} lanes settled in ${result.batches} batch(es): ${statements} by statement, ${vouchers - statements} by voucher; ${result.gasUsed} gas, ${result.gasPerVoucher} per lane`;
  const out = `withdrawn ${money(result.withdrawn)} at once; claimed ${money(result.claimed)} without the authority`;
  const verdict = result.ok ? "Everything adds up." : `It does not add up:\n  ${result.problems.join("\n  ")}`;
  return [table.toString(), sums, gas, out, `${verdict} ${result.seconds} s in all.`].join("\n");
}

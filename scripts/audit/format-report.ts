import { formatAmount, printable } from "../../protocol/units.ts";
import type { AuditReport } from "./audit.ts";

/** Findings that a terminal shows; `--json` has all. */
const MAX_LINES = 50;

/** The report for people: what was checked, with numbers, and every mismatch in one line. */
export function formatReport(report: AuditReport): string {
  const { tallies, token, findings, notChecked } = report;
  const money = (amount: bigint): string => `${formatAmount(amount, token.decimals)} ${printable(token.symbol)}`;
  const lines = [
    `Audit of ${report.contract} on chain ${report.chainId}, blocks ${report.fromBlock} to ${report.toBlock}`,
    `  history    ${report.transactions} transactions, ${report.accounts} accounts`,
    `  batches    ${tallies.batches} with ${tallies.rows} rows: ${tallies.rowsPaid} paid, ${tallies.rowsSkipped} skipped; ${tallies.signaturesChecked} signatures checked`,
    `  moved      ${money(tallies.settled)} settled, ${money(tallies.fees)} of it fees; ${money(tallies.claimed)} in ${tallies.claims} claims`,
    `  in, out    ${money(tallies.deposited)} deposited, ${money(tallies.withdrawn)} withdrawn`,
    `  holdings   the contract owes ${money(report.owed)} and holds ${money(report.held)}`,
    "",
    ...report.checks.map(
      ({ number, sentence, findings: count }) =>
        `  ${count === 0 ? "ok  " : "FAIL"} ${String(number).padStart(2)} ${sentence}`,
    ),
    "",
    ...findings.slice(0, MAX_LINES).map(({ check, severity, sentence, block, tx }) => {
      const where = tx === null ? "" : ` (block ${block}, ${tx})`;
      return `  ${severity} [${check}] ${printableLine(sentence)}${where}`;
    }),
    ...(findings.length > MAX_LINES ? [`  and ${findings.length - MAX_LINES} more: see --json`] : []),
    ...notChecked
      .slice(0, MAX_LINES)
      .map(({ sentence, tx }) => `  not checked: ${printableLine(sentence)} (${tx ?? "state"})`),
    findings.length === 0
      ? `Clean: all ${report.checks.length} checks hold${notChecked.length === 0 ? "" : `, but ${notChecked.length} things could not be seen`}.`
      : `NOT CLEAN: ${findings.length} mismatches.`,
  ];
  return lines.join("\n");
}

/** Nothing that a contract says may move the cursor. */
function printableLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

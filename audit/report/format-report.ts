import type { AuditReport } from "../audit-report.ts";
import { printTime } from "../books/time-text.ts";
import { printMoney } from "../facts/money-text.ts";

/** Findings that a terminal shows; `--json` has all. */
const MAX_LINES = 50;

/** The report for people: what was checked, with numbers, and every mismatch in one line. */
export function formatReport(report: AuditReport): string {
  const { findings, notChecked } = report;
  const lines = [
    `Audit of ${report.contract} on chain ${report.chainId}, blocks ${report.fromBlock} to ${report.toBlock}`,
    ...(report.resumedFrom === null
      ? []
      : [`  state      blocks up to ${report.resumedFrom} were replayed by an earlier run`]),
    ...describeHistory(report),
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
    ...(findings.length > MAX_LINES ? [`  and ${report.findingCount - MAX_LINES} more: see --json`] : []),
    ...notChecked
      .slice(0, MAX_LINES)
      .map(({ sentence, tx }) => `  not checked: ${printableLine(sentence)} (${tx ?? "state"})`),
    ...(notChecked.length > MAX_LINES
      ? [`  and ${report.notCheckedCount - MAX_LINES} more not checked: see --json`]
      : []),
    findings.length === 0
      ? `Clean: all ${report.checks.length} checks hold${notChecked.length === 0 ? "" : `, but ${countOf(report.notCheckedCount)} could not be seen`}.`
      : `NOT CLEAN: ${report.findingCount} mismatches.`,
  ];
  return lines.join("\n");
}

function describeHistory(report: AuditReport): string[] {
  const { tallies, bond, allotters, operators } = report;
  const money = (amount: bigint): string => printableLine(printMoney(amount, report.token));
  const evidence = tallies.claimsWithEvidence === 0 ? "" : `, ${tallies.claimsWithEvidence} of them with evidence`;
  const leaving = bond.withdrawing === 0n ? "" : `, ${money(bond.withdrawing)} of it asked back`;
  return [
    `  code       ${report.build ?? "of no published build"}`,
    `  history    ${report.transactions} transactions, ${report.accounts} accounts`,
    `  batches    ${tallies.batches} with ${tallies.rows} rows: ${tallies.rowsPaid} paid, ${tallies.rowsSkipped} skipped`,
    `  signed by  ${tallies.vouchers} vouchers, and ${tallies.statements} statements for many lanes each; ${tallies.signaturesChecked} signatures checked in all, ${tallies.signaturesCheckedTwice} by two engines`,
    `  moved      ${money(tallies.settled)} settled, ${money(tallies.fees)} of it fees; ${money(tallies.claimed)} in ${tallies.claims} claims${evidence}`,
    ...(tallies.claimsAfterSettlement === 0
      ? []
      : [
          `  too low    ${countOf(tallies.claimsAfterSettlement, "claim")} took ${money(tallies.claimedAfterSettlement)} more on lanes that batches had settled with less than was signed`,
        ]),
    `  in, out    ${money(tallies.deposited)} deposited, ${money(tallies.withdrawn)} withdrawn after the delay, ${money(tallies.released)} at once in ${tallies.releases} releases`,
    `  bond       ${money(bond.amount)}${leaving}; ${money(tallies.bondDeposited)} came in, ${money(tallies.claimedFromBond)} paid claims, ${money(tallies.bondWithdrawn)} was taken back`,
    ...operators.map(({ operator, since }, i) => `  operator   ${operator}, ${period(since, operators[i + 1]?.since)}`),
    ...allotters.map(({ allotter, isCurrent, setAt, retiredAt, bondSpent, bondBudget, nextBudget, effectiveAt }) => {
      const raise = nextBudget === bondBudget ? "" : `, ${money(nextBudget)} from ${printTime(effectiveAt)} on`;
      const time = period(setAt, isCurrent ? undefined : retiredAt);
      return `  allotter   ${allotter}, ${time}: cost the bond ${money(bondSpent)} of at most ${money(bondBudget)}${raise}`;
    }),
    `  holdings   the contract owes ${money(report.owed)} and holds ${money(report.held)}`,
  ];
}

/** When a key counted, seconds since 1970. `until`: undefined while it does. */
function period(since: number, until: number | undefined): string {
  return until === undefined ? `since ${printTime(since)}` : `${printTime(since)} to ${printTime(until)}`;
}

/** Text from a contract must not move the cursor. */
function printableLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

function countOf(count: number, noun = "thing"): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

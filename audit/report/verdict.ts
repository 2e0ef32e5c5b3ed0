import type { AuditReport } from "../audit-report.ts";

/** What was found, in words. */
export interface Verdict {
  readonly tone: "good" | "open" | "bad";
  readonly title: string;
  readonly text: string;
}

/** What could not be seen is never called clean. */
export function verdictOf({ findingCount, notCheckedCount, checks }: AuditReport): Verdict {
  const hold = `All ${checks.length} checks hold for everything that could be seen.`;
  if (findingCount > 0)
    return {
      tone: "bad",
      title: `Not clean: ${plural(findingCount, "finding")}`,
      text: "Something breaks the contract's rules. Each finding says what was due and what was found.",
    };
  if (notCheckedCount > 0)
    return {
      tone: "open",
      title: `Clean, but ${plural(notCheckedCount, "thing")} could not be seen`,
      text: `${hold} What was not checked is listed below; the audit does not vouch for it.`,
    };
  return { tone: "good", title: "Clean", text: hold };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

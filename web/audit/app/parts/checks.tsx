import type { AuditReport } from "../../../../audit/audit-report.ts";

/** Every check by its number, and whether it holds. */
export function Checks({ report: { checks } }: { report: AuditReport }) {
  const failed = checks.filter(({ findings }) => findings > 0).length;
  return (
    <details class="more checks">
      <summary>
        All {checks.length} checks{failed === 0 ? " hold" : `: ${failed} fail`}
      </summary>
      <ol class="told">
        {checks.map(({ number, sentence, findings }) => (
          <li key={number} class={findings > 0 ? "failed" : ""}>
            <span class="number">{number}</span>
            <span class={`state ${findings > 0 ? "bad" : "good"}`}>{findings > 0 ? "fails" : "holds"}</span>
            <div>{sentence}</div>
          </li>
        ))}
      </ol>
    </details>
  );
}

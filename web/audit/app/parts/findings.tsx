import type { AuditReport } from "../../../../audit/audit-report.ts";
import { valuesOf } from "../../../../audit/report/values.ts";
import { printable } from "../../../../protocol/base/text.ts";
import { Paged } from "../../../kit/live/paged.tsx";

/** Sentences quote what a chain or a bundle says: any text, of any length. */
const MAX_SENTENCE = 2_000;

export function Findings({ report: { findings, findingCount } }: { report: AuditReport }) {
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">Findings</h2>
      {findings.length === 0 && <p class="soft">None.</p>}
      <Paged label="Pages of findings" items={findings}>
        {(shown) => (
          <ol class="told">
            {shown.map(({ severity, check, sentence, block, tx, expected, actual }, i) => {
              const values = valuesOf({ expected, actual });
              return (
                <li key={i}>
                  <span class={`state ${severity === "minor" ? "wait" : "bad"}`}>{severity}</span>
                  <div>
                    {printable(sentence, MAX_SENTENCE)} <small>check {check}</small>
                    {values !== null && (
                      <small class="line">
                        due <code>{printable(values.expected, MAX_SENTENCE)}</code>, found{" "}
                        <code>{printable(values.actual, MAX_SENTENCE)}</code>
                      </small>
                    )}
                    <Place block={block} tx={tx} />
                  </div>
                </li>
              );
            })}
          </ol>
        )}
      </Paged>
      <Rest shown={findings.length} all={findingCount} />
    </section>
  );
}

export function NotChecked({ report: { notChecked, notCheckedCount } }: { report: AuditReport }) {
  return (
    <section aria-labelledby="not-checked">
      <h2 id="not-checked">Not checked</h2>
      {notChecked.length === 0 && <p class="soft">Nothing: everything that the contract did could be seen.</p>}
      <Paged label="Pages of what was not checked" items={notChecked}>
        {(shown) => (
          <ol class="told">
            {shown.map(({ sentence, block, tx }, i) => (
              <li key={i}>
                <span class="state wait">unseen</span>
                <div>
                  {printable(sentence, MAX_SENTENCE)}
                  <Place block={block} tx={tx} />
                </div>
              </li>
            ))}
          </ol>
        )}
      </Paged>
      <Rest shown={notChecked.length} all={notCheckedCount} />
    </section>
  );
}

function Place({ block, tx }: { block: number | null; tx: string | null }) {
  if (tx === null) return null;
  return (
    <small class="line">
      block {block ?? "?"}, <code>{tx}</code>
    </small>
  );
}

/** Memory is finite: of very many the first are kept, and all are counted. */
function Rest({ shown, all }: { shown: number; all: number }) {
  return shown < all ? (
    <p class="soft">
      The first {shown} of {all} are kept.
    </p>
  ) : null;
}

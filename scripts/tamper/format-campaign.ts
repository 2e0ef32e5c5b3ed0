import Table from "cli-table3";
import { type Campaign, isFound, type Verdict } from "./campaign.ts";
import type { Kind } from "./kinds/kind.ts";

/** Other checks that one line names. */
const MAX_OTHERS = 3;
const COMPACT = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };

/** For people: a line for each kind, then every miss and false alarm with what repeats it. */
export function formatCampaign({ verdicts, cleanRuns, falseAlarms }: Campaign, kinds: readonly Kind[]): string {
  const table = new Table({
    head: ["one change", "runs", "found", "under", "and also under"],
    colAligns: ["left", "right", "right", "left", "left"],
    style: { head: [], border: [] },
    chars: COMPACT,
  });
  for (const { name } of kinds) {
    const own = verdicts.filter(({ kind }) => kind === name);
    const expected = unique(own.flatMap((verdict) => verdict.expected));
    const also = unique(own.flatMap(({ found }) => found)).filter((check) => !expected.includes(check));
    const more = also.length > MAX_OTHERS ? `, ${also.length - MAX_OTHERS} more` : "";
    const others = also.slice(0, MAX_OTHERS).join(", ") + more;
    table.push([name, own.length, own.filter(isFound).length, expected.join(", "), others]);
  }
  const found = verdicts.filter(isFound).length;
  const lines = [
    table.toString(),
    ...verdicts.filter((verdict) => !isFound(verdict)).map(describeMiss),
    ...falseAlarms.flatMap(({ history, sentences }) =>
      sentences.map((sentence) => `FALSE ALARM in history ${history}: ${sentence}`),
    ),
    `${found} of ${verdicts.length} lies of ${kinds.length} kinds found; ${falseAlarms.length} false alarms in ${cleanRuns} honest histories`,
  ];
  return lines.join("\n");
}

function describeMiss({ kind, history, attempt, expected, found, crash }: Verdict): string {
  const said = crash ?? (found.length === 0 ? "found nothing" : `found ${found.join(", ")}`);
  const command = `npm run audit:tamper -- --history ${history} --kind "${kind}" --runs ${attempt + 1}`;
  return `MISSED ${kind}: due ${expected.join(" or ")}; the audit ${said}. Again: ${command}`;
}

/** For programs: one line. */
export function campaignToJson({ verdicts, cleanRuns, falseAlarms }: Campaign, kinds: readonly Kind[]): string {
  const found = verdicts.filter(isFound).length;
  return JSON.stringify({
    kinds: kinds.length,
    runs: verdicts.length,
    found,
    cleanRuns,
    falseAlarms: falseAlarms.length,
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

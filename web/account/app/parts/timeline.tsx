import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { printable } from "../../../../protocol/base/text.ts";
import type { Info } from "../../../../protocol/http/public.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { daysOf } from "../money/days.ts";
import { type Entry, type Group, groupBy, isUnused } from "../money/entries.ts";
import { readMore } from "../refresh.ts";
import { DayChart } from "./day-chart.tsx";
import { Downloads } from "./downloads.tsx";
import { EntryRow } from "./entry-row.tsx";

type View = "time" | "content" | "counterparty";
const VIEWS: readonly (readonly [View, string])[] = [
  ["time", "By time"],
  ["content", "By content"],
  ["counterparty", "By counterparty"],
];

interface Props {
  readonly info: Info;
  readonly entries: readonly Entry[];
  readonly hasMore: boolean;
  readonly account: string;
}

/** Every amount, where it is, why, and what comes next. */
export function Timeline({ info, entries, hasMore, account }: Props) {
  const view = useSignal<View>("time");
  const shown = entries.filter((entry) => !isUnused(entry));
  const unused = entries.length - shown.length;
  const days = useMemo(() => daysOf(entries, hasMore), [entries, hasMore]);
  return (
    <section class="timeline" aria-labelledby="timeline">
      <div class="bar">
        <h2 id="timeline">Money timeline</h2>
        <fieldset class="orders">
          <legend class="unseen">Order</legend>
          {VIEWS.map(([name, words]) => (
            <button key={name} type="button" aria-pressed={view.value === name} onClick={() => (view.value = name)}>
              {words}
            </button>
          ))}
        </fieldset>
      </div>
      {shown.length === 0 && <p class="soft">No money has moved yet. Pay in, or serve what others pay for.</p>}
      <DayChart days={days} token={info.token} />
      {view.value === "time" ? (
        <ol class="entries">
          {shown.map((entry) => (
            <EntryRow key={entry.kind + entry.key} entry={entry} info={info} />
          ))}
        </ol>
      ) : (
        groupBy(shown, view.value).map((group) => <GroupOf key={group.key} group={group} info={info} />)
      )}
      {unused > 0 && (
        <p class="soft">{unused === 1 ? "One allotment" : `${unused} allotments`} ended unused and cost nothing.</p>
      )}
      {!hasMore && shown.length > 0 && (
        <p class="soft">What ended long ago is not listed any more. The sums above have it, and so have the bundles.</p>
      )}
      <p class="actions">
        {hasMore && (
          <button type="button" onClick={() => void readMore()}>
            Show older
          </button>
        )}
        <Downloads info={info} account={account} />
      </p>
    </section>
  );
}

/** Lanes of one content or counterparty, with their sums. */
function GroupOf({ group, info }: { group: Group; info: Info }) {
  const { key, title, moneyIn, moneyOut, underWay, entries } = group;
  return (
    <details class="group">
      <summary>
        <span class="name">{title === null ? <Hex value={key} /> : printable(title, 120)}</span>
        <span class="sum">
          {moneyIn > 0n && <Money amount={moneyIn} token={info.token} sign />}
          {moneyOut > 0n && <Money amount={-moneyOut} token={info.token} />}
          <small>
            {entries.length === 1 ? "1 lane" : `${entries.length} lanes`}
            {underWay > 0n && (
              <>
                , <Money amount={underWay} token={info.token} /> under way
              </>
            )}
          </small>
        </span>
      </summary>
      <ol class="entries">
        {entries.map((entry) => (
          <EntryRow key={entry.key} entry={entry} info={info} />
        ))}
      </ol>
    </details>
  );
}

import { type DataColumn, DataTable } from "../../../kit/live/data-table.tsx";
import { Money } from "../../../kit/live/money.tsx";
import type { BatchPicture, Picture } from "../../picture.ts";

/** The chain: blocks that have transactions, and the authority's batches. */
export function Chain({ shown }: { shown: Picture }) {
  const { chain, authority, batches, token } = shown;
  return (
    <section aria-labelledby="chain">
      <div class="bar">
        <h2 id="chain">The chain</h2>
        <p>
          block {chain.height.toLocaleString("en")} ·{" "}
          {authority.url === null ? (
            "no authority yet"
          ) : authority.isReachable ? (
            <a href={authority.url}>the authority answers</a>
          ) : (
            <span class="state bad">the authority does not answer</span>
          )}
        </p>
      </div>
      <ol class="blocks" aria-label="Blocks with transactions, newest first">
        {chain.blocks.map(({ number, transactions }) => (
          <li key={number} class="block">
            <span class="number">{number}</span>
            <ul>
              {grouped(transactions).map(({ text, isDone }) => (
                <li key={text} class={isDone ? undefined : "state bad"}>
                  {text}
                </li>
              ))}
            </ul>
          </li>
        ))}
        {chain.blocks.length === 0 && <li class="soft">No transactions yet.</li>}
      </ol>
      <h3>Batches</h3>
      {batches.length === 0 ? (
        <p class="soft">Nothing has been settled yet.</p>
      ) : (
        <DataTable
          label="Batches"
          rows={batches
            .toReversed()
            .map((batch, place) => ({ ...batch, place }))
            .toReversed()}
          keyOf={({ place }) => place}
          columns={columnsOf(token)}
        />
      )}
    </section>
  );
}

function columnsOf(token: Picture["token"]): readonly DataColumn<BatchPicture>[] {
  const money = (amount: string) => <Money amount={BigInt(amount)} token={token} />;
  return [
    { name: "Batch", isNumber: true, cell: ({ number }) => number ?? "-" },
    { name: "State", cell: ({ state }) => <span class={`state ${TONES[state] ?? "wait"}`}>{state}</span> },
    { name: "Proof", cell: ({ kind }) => kind },
    { name: "Lanes", isNumber: true, cell: ({ rows }) => rows },
    { name: `Total, ${token.symbol}`, isNumber: true, cell: ({ total }) => money(total) },
    { name: "Fee", isNumber: true, cell: ({ fee }) => money(fee) },
  ];
}

const TONES: Readonly<Record<string, string>> = { final: "good", failed: "bad" };

/** "authority: session ×5": who did what, each once. */
function grouped(transactions: Picture["chain"]["blocks"][number]["transactions"]) {
  const groups = Map.groupBy(transactions, ({ from, does, isDone }) => `${from}: ${does}${isDone ? "" : ", reverted"}`);
  return [...groups].map(([text, all]) => ({
    text: all.length === 1 ? text : `${text} ×${all.length}`,
    isDone: all[0]?.isDone ?? true,
  }));
}

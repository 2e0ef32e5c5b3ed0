import { Money } from "../../../kit/live/money.tsx";
import type { Picture } from "../../picture.ts";

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
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section class="scroll" aria-label="Batches" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col" class="n">
                  Batch
                </th>
                <th scope="col">State</th>
                <th scope="col">Proof</th>
                <th scope="col" class="n">
                  Lanes
                </th>
                <th scope="col" class="n">
                  Total, {token.symbol}
                </th>
                <th scope="col" class="n">
                  Fee
                </th>
              </tr>
            </thead>
            <tbody>
              {batches.map((one) => (
                <tr key={`${one.number} ${one.kind} ${one.total}`}>
                  <td class="n">{one.number ?? "-"}</td>
                  <td>
                    <span class={`state ${one.state === "final" ? "good" : one.state === "failed" ? "bad" : "wait"}`}>
                      {one.state}
                    </span>
                  </td>
                  <td>{one.kind}</td>
                  <td class="n">{one.rows}</td>
                  <td class="n">
                    <Money amount={BigInt(one.total)} token={token} />
                  </td>
                  <td class="n">
                    <Money amount={BigInt(one.fee)} token={token} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

/** "authority: session ×5": who did what, each once. */
function grouped(transactions: Picture["chain"]["blocks"][number]["transactions"]) {
  const groups = Map.groupBy(transactions, ({ from, does, isDone }) => `${from}: ${does}${isDone ? "" : ", reverted"}`);
  return [...groups].map(([text, all]) => ({
    text: all.length === 1 ? text : `${text} ×${all.length}`,
    isDone: all[0]?.isDone ?? true,
  }));
}

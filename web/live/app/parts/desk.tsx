import type { CasePicture, DeskPicture, VerdictPicture } from "../../picture.ts";
import { breakIt } from "../feed.ts";
import { refusal } from "../state.ts";

/** The break-it desk: what can be broken, and what came of it. */
export function Desk({ desk, token }: { desk: DeskPicture; token: string }) {
  const { cases, isOpen, closedBecause } = desk;
  const isBusy = cases.some(({ state }) => state === "running");
  const done = cases.filter(({ verdict }) => verdict !== null);
  return (
    <section class="desk" aria-labelledby="desk">
      <div class="bar">
        <h2 id="desk">Break it</h2>
        <p>
          {isOpen
            ? done.length === 0
              ? "Real processes do each of these on this network. It ends with who lost what."
              : `${done.length} of ${cases.length} done, ${done.filter(({ verdict }) => verdict?.holds).length} within what is promised`
            : closedBecause}
        </p>
      </div>
      <div role="alert">{refusal.value !== null && <p class="message bad">{refusal.value}</p>}</div>
      {isOpen && token === "" && (
        <p class="message wait">This browser may look only: open the address that the demo has printed.</p>
      )}
      {cases.length > 0 && (
        <ul class="cases">
          {cases.map((one) => (
            <Case key={one.id} one={one} token={token} isBusy={isBusy} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Case({ one, token, isBusy }: { one: CasePicture; token: string; isBusy: boolean }) {
  const { id, title, deed, state, steps, verdict } = one;
  return (
    <li class={`case ${state}`} id={`case-${id}`}>
      <div>
        <h3>{title}</h3>
        <p class="deed">{deed}</p>
      </div>
      <div class="act">
        <Word state={state} verdict={verdict} />
        {token !== "" && (
          <button type="button" disabled={isBusy} onClick={() => void breakIt(id, token)}>
            {state === "running" ? "Under way…" : verdict === null ? "Break it" : "Once more"}
            <span class="unseen">: {title}</span>
          </button>
        )}
      </div>
      {steps.length > 0 && (
        <div class="outcome">
          <ol class="steps" aria-label="What was done">
            {steps.map((step, i) => (
              <li key={step} class={state === "running" && i === steps.length - 1 ? "here" : undefined}>
                {step}
              </li>
            ))}
          </ol>
          {verdict !== null && <Losses verdict={verdict} />}
        </div>
      )}
    </li>
  );
}

function Word({ state, verdict }: Pick<CasePicture, "state" | "verdict">) {
  if (state === "running") return <span class="state wait">under way</span>;
  if (state === "failed") return <span class="state bad">could not be done</span>;
  if (verdict === null) return null;
  return verdict.holds ? <span class="state good">as promised</span> : <span class="state bad">broken</span>;
}

function Losses({ verdict }: { verdict: VerdictPicture }) {
  return (
    <div>
      <table class="losses">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Lost</th>
            <th scope="col">At most</th>
          </tr>
        </thead>
        <tbody>
          {verdict.losses.map(({ who, lost, most, promise, holds }) => (
            <tr key={who}>
              <th scope="row">{who}</th>
              <td class={`lost ${holds ? "" : "state bad"}`}>{lost}</td>
              <td>
                {most}
                {promise !== most && <span class="soft">{wordsOf(promise, most)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {verdict.finding !== null && <p class="finding">{verdict.finding}</p>}
    </div>
  );
}

/** The promise without what stands above it already; commands stand between backticks. */
function wordsOf(promise: string, most: string) {
  const rest = promise.startsWith(`${most}: `) ? promise.slice(most.length + 2) : promise;
  return rest.split("`").map((part, i) => (i % 2 === 1 ? <code key={part}>{part}</code> : part));
}

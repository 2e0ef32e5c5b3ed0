import { printable } from "../../../../protocol/base/text.ts";
import type { ContentJson } from "../../../../protocol/http/peer.ts";
import { Moment } from "../../../kit/live/moment.tsx";

/** Why it is slow or stands still, and what to do. */
export function Reasons({ content }: { content: ContentJson }) {
  const { reasons, state } = content;
  if (reasons.length === 0) return null;
  const isStuck = reasons.some(({ isBlocking }) => isBlocking);
  const question = isStuck || content.rateDown === 0 ? "Why does it stand still?" : "Why is it not faster?";
  return (
    <section class={`reasons ${isStuck ? "stuck" : ""}`} aria-labelledby="reasons">
      <h2 id="reasons">{state === "paused" || state === "checking" ? "What it does" : question}</h2>
      <ul>
        {reasons.map(({ code, text, advice, until }, i) => (
          <li key={`${code}${i}`}>
            {printable(text, 400)} <span class="next">{printable(advice, 400)}</span>
            {until !== null && (
              <span class="soft">
                {" "}
                Until <Moment at={until} />.
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

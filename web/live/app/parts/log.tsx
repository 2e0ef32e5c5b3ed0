import type { Picture } from "../../picture.ts";

/** What was typed, and what programs complained of, newest first. */
export function Log({ shown }: { shown: Picture }) {
  return (
    <section aria-labelledby="log">
      <div class="bar">
        <h2 id="log">What runs</h2>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="log" aria-label="Commands and warnings, newest first" tabIndex={0}>
        <ol>
          {shown.log.map(({ id, kind, text }) => (
            <li key={id} class={kind === "command" ? "typed" : kind}>
              {kind === "command" ? <code>{text}</code> : text}
            </li>
          ))}
        </ol>
      </section>
    </section>
  );
}

import type { Picture } from "../../picture.ts";

/** How far the story is. */
export function Story({ shown }: { shown: Picture }) {
  const { title, steps, at } = shown.scene;
  if (title === "") return null;
  const here = steps[at];
  return (
    <section class="story" aria-label="How far the story is">
      <p class="now" role="status">
        <strong>{title}</strong>{" "}
        {steps.length > 0 && (here === undefined ? "That was all of it." : `${at + 1} of ${steps.length}: ${here}`)}
      </p>
      <ol class="rail" hidden={steps.length === 0}>
        {steps.map((step, i) => (
          <li
            key={step}
            class={i < at ? "done" : i === at ? "here" : "ahead"}
            aria-current={i === at ? "step" : undefined}
          >
            {step}
          </li>
        ))}
      </ol>
    </section>
  );
}

import { signal } from "@preact/signals";
import type { Picture } from "../picture.ts";

/** What the demo has told last; null: nothing yet. */
export const picture = signal<Picture | null>(null);
/** The demo's server has gone. */
export const isGone = signal(false);
/** Why the desk refused; null: it did not. */
export const refusal = signal<string | null>(null);

const phone = matchMedia("(max-width: 48rem)");
/** The picture stands upright. */
export const isNarrow = signal(phone.matches);
phone.addEventListener("change", ({ matches }) => {
  isNarrow.value = matches;
});

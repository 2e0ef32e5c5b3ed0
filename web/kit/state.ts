import { html, type Markup } from "./html.ts";

const TONES: Readonly<Record<string, "good" | "wait" | "bad">> = { final: "good", failed: "bad" };

/** A state of work, in its own word; colour says whether it is over, under way, or wrong. */
export function state(word: string): Markup {
  return html`<span class="state ${TONES[word] ?? "wait"}">${word}</span>`;
}

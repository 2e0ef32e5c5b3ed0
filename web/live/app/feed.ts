import { batch } from "@preact/signals";
import type { Picture } from "../picture.ts";
import { isGone, picture, refusal } from "./state.ts";

/** Listens to the demo (server-sent events). The browser connects again by itself. */
export function listen(): void {
  const source = new EventSource("/events");
  source.addEventListener("message", ({ data }) => {
    batch(() => {
      picture.value = JSON.parse(data) as Picture;
      isGone.value = false;
    });
  });
  source.addEventListener("error", () => {
    isGone.value = true;
  });
}

/** Asks the desk to begin a case. `token`: of this page. */
export async function breakIt(id: string, token: string): Promise<void> {
  refusal.value = null;
  try {
    const reply = await fetch("/break", { method: "POST", body: new URLSearchParams({ case: id, token }) });
    if (!reply.ok) refusal.value = (await reply.text()).trim().slice(0, 200);
  } catch {
    refusal.value = "the demo does not answer: look at its terminal";
  }
}

import { batch } from "@preact/signals";
import type { Picture } from "../picture.ts";
import { isGone, picture } from "./state.ts";

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

import { ApiError } from "./api.ts";
import { busy, link, notice } from "./state.ts";

/** Something that was typed cannot be used; the text says how to write it. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Does one thing, tells what is under way, and says how it ended. */
export async function act(what: string, run: () => Promise<string | null>): Promise<void> {
  if (busy.value !== null) return;
  busy.value = what;
  notice.value = null;
  try {
    const done = await run();
    if (done !== null) notice.value = { kind: "good", text: done };
  } catch (error) {
    tell(error);
  } finally {
    busy.value = null;
  }
}

/** Shows an error in its own words. */
export function tell(error: unknown): void {
  if (error instanceof ApiError && error.code === "API_TOKEN_INVALID") link.value = "logged-out";
  const isKnown = error instanceof ApiError || error instanceof InputError;
  notice.value = { kind: "bad", text: isKnown ? sentence(error.message) : "This page has a fault: reload it." };
  if (!isKnown) reportError(error);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import { ApiError } from "./api.ts";
import { busy, login, money, notice } from "./state.ts";
import { FlowError } from "./wallet/flow-error.ts";

const LOGGED_OUT = new Set(["TOKEN_EXPIRED", "TOKEN_REVOKED", "TOKEN_INVALID", "LOGIN_REQUIRED"]);

/** Does one thing, tells what is under way, and says how it ended if it ended badly. */
export async function act(what: string, run: () => Promise<void>): Promise<void> {
  if (busy.value !== null) return;
  busy.value = what;
  notice.value = null;
  try {
    await run();
  } catch (error) {
    tell(error);
  } finally {
    busy.value = null;
  }
}

/** Shows an error in its own words. A session that has ended is left. */
export function tell(error: unknown): void {
  if (error instanceof ApiError && LOGGED_OUT.has(error.code)) leave();
  const isKnown = error instanceof ApiError || error instanceof FlowError;
  notice.value = {
    kind: "bad",
    text: isKnown ? sentence(error.message) : "This page has a fault: reload it. Nothing was sent.",
  };
  if (!isKnown) reportError(error);
}

/** Forgets the session and all that it has read. */
export function leave(): void {
  login.value = null;
  money.value = null;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

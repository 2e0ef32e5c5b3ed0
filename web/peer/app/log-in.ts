import { InputError } from "./act.ts";
import { logIn } from "./api.ts";

const CODE = /^#code=([A-Za-z0-9_-]{43})$/;
/** The whole address, or the code that ends it. */
const PASTED = /^(?:http:\/\/[^\s#]{1,200}#code=)?([A-Za-z0-9_-]{43})$/;

export function hasCode(): boolean {
  return CODE.test(location.hash);
}

/** A code is taken out of the address at once: it is in no history, and no second tab gives it. */
export async function useCode(): Promise<void> {
  const [, code] = CODE.exec(location.hash) ?? [];
  if (code === undefined) return;
  history.replaceState(null, "", "/");
  await logIn(code);
}

/** Logs in by what somebody has typed or pasted into the page, and begins it anew. */
export async function usePasted(text: string): Promise<void> {
  const [, code] = PASTED.exec(text.trim()) ?? [];
  if (code === undefined)
    throw new InputError(
      "Paste the whole address that the command has printed: it ends with #code= and 43 characters.",
    );
  await logIn(code);
  location.reload();
}

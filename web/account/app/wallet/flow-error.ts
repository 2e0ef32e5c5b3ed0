import { printable } from "../../../../protocol/base/text.ts";

/** What went wrong, in words for the person at the screen, and what to do. Nothing is half-done. */
export class FlowError extends Error {
  override readonly name = "FlowError";
}

/** A wallet's error (EIP-1193) in our words. Its own words are a stranger's. */
export function walletError(error: unknown): FlowError {
  if (error instanceof FlowError) return error;
  const code = codeOf(error);
  if (code === 4001) return new FlowError("You said no in the wallet. Nothing was sent.");
  if (code === 4100)
    return new FlowError("The wallet does not let this page use that account. Allow it there, and try again.");
  if (code === 4200 || code === -32601)
    return new FlowError("This wallet cannot sign such data (EIP-712). Use another one.");
  if (code === 4900 || code === 4901)
    return new FlowError("The wallet has lost its connection to the chain. Try again when it is back.");
  if (code === -32002)
    return new FlowError("The wallet has an open question of this page already: answer that one first.");
  const text = error instanceof Error ? error.message : (error as { message?: unknown } | null)?.message;
  return new FlowError(`The wallet answers with an error: ${printable(String(text ?? "no reason given"), 200)}`);
}

export function codeOf(error: unknown): number | null {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "number" ? code : null;
}

import { ChainError } from "../protocol/base/errors.ts";

const INTERVAL_MS = 300;
/** Many blocks of any chain that we know. */
const CONFIRMATION_MS = 180_000;

interface PollOptions<T> {
  readonly read: () => Promise<T>;
  readonly isDone: (state: T) => boolean;
  readonly signal: AbortSignal;
  /** What is awaited, and what to do if it does not come: the error's text. */
  readonly pending: string;
  /** Default: three minutes, for what is confirmed on-chain. */
  readonly deadlineMs?: number;
  /** Default: 300 ms. */
  readonly intervalMs?: number;
}

/**
 * Reads a state until it is done.
 * @throws {ChainError} STILL_PENDING after the deadline; the signal's reason
 */
export async function pollUntil<T>(options: PollOptions<T>): Promise<T> {
  const deadline = AbortSignal.timeout(options.deadlineMs ?? CONFIRMATION_MS);
  for (;;) {
    const state = await options.read();
    if (options.isDone(state)) return state;
    if (deadline.aborted) throw new ChainError("STILL_PENDING", options.pending);
    await sleep(options.intervalMs ?? INTERVAL_MS, options.signal);
  }
}

/** As `node:timers/promises` has it, and in a browser, too. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}

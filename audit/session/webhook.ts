import { setTimeout as pass } from "node:timers/promises";
import { InputError, NetworkError } from "../../protocol/base/errors.ts";
import type { Address } from "../facts/primitives.ts";
import type { Finding } from "../findings.ts";
import type { Alarm } from "./alarms.ts";

const TIMEOUT_MS = 10_000;
const TRIES = 3;

/** What a watch has to tell. */
export type News = { readonly finding: Finding } | { readonly alarm: Alarm } | { readonly heartbeat: Heartbeat };

/** What a watch posts. */
export type Message = { readonly contract: Address; readonly chainId: string } & News;

/** The watch is alive: the last block that it has read, and this machine's time (ISO 8601). */
export interface Heartbeat {
  readonly block: number;
  readonly at: string;
}

/**
 * Posts a message as JSON, at most three times.
 * @throws {NetworkError} WEBHOOK_FAILED; {InputError} URL_INVALID
 */
export async function postMessage(
  url: string,
  message: Message,
  signal: AbortSignal,
  pauseMs: (tries: number) => number = (tries) => 1_000 * 2 ** tries,
): Promise<void> {
  const { protocol, host } = parse(url);
  for (let tries = 1; ; tries++) {
    const failure = await post(url, message, signal);
    if (failure === null) return;
    signal.throwIfAborted();
    if (tries === TRIES)
      throw new NetworkError(
        "WEBHOOK_FAILED",
        `${protocol}//${host} did not take the message: ${failure}; check --webhook`,
      );
    await pass(pauseMs(tries), undefined, { signal });
  }
}

/** What went wrong. Null: the message was taken. */
async function post(url: string, message: Message, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.ok ? null : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "no answer in time" : "it cannot be reached";
  }
}

function parse(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new InputError("URL_INVALID", "write the webhook's address like https://example.org/alarms");
}

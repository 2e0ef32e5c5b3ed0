import { ApiError, errorOf, keyHeader } from "./api.ts";

/**
 * Server-sent events (HTML Living Standard, section 9.2) by `fetch`: the browser's own reader sends
 * no header. A stream that ends, or stays silent, is opened anew, and begins with the whole state.
 */

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 8_000;
/** The peer says something each second. */
const SILENT_MS = 12_000;

export interface Events {
  /** Events that came together, in their order. */
  take(events: readonly { readonly name: string; readonly data: unknown }[]): void;
  /** The stream is gone and is opened again. */
  lost(): void;
  /** There is no point in asking again. */
  refused(error: ApiError): void;
}

/** Until `signal` fires, or the peer refuses. */
export async function follow(path: string, events: Events, signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    try {
      await read(path, signal, (found) => {
        retryMs = FIRST_RETRY_MS;
        events.take(found);
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError) {
        events.refused(error);
        return;
      }
    }
    if (signal.aborted) return;
    events.lost();
    await pause(retryMs, signal);
    retryMs = Math.min(MAX_RETRY_MS, 2 * retryMs);
  }
}

async function read(path: string, signal: AbortSignal, take: Events["take"]): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const answer = await fetch(path, {
      headers: keyHeader(),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404)
      throw errorOf(answer.status, await answer.json().catch(() => null));
    if (!answer.ok || answer.body === null) return;
    let text = "";
    for await (const part of chunksOf(answer.body.pipeThrough(new TextDecoderStream()))) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      const whole = (text + part).split("\n\n");
      text = whole.pop() ?? "";
      if (whole.length > 0) take(whole.map(parse));
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Not every browser iterates over a stream. */
async function* chunksOf(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

function parse(text: string): { name: string; data: unknown } {
  let [name, data] = ["message", ""];
  for (const line of text.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    if (line.startsWith("data: ")) data += line.slice(6);
  }
  return { name, data: JSON.parse(data || "null") };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

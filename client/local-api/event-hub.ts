import type { ServerResponse } from "node:http";

/**
 * Server-sent events (HTML Living Standard, section 9.2) to whoever listens. A listener that does
 * not read is let go: it asks anew, and reads the whole state.
 */
export interface EventHub {
  /** What is listened to now: contents, and null for all of them together. */
  topics(): ReadonlySet<string | null>;
  /** False: there are too many already. */
  join(response: ServerResponse, topic?: string | null): boolean;
  send(event: string, data: object, topic?: string | null): void;
  close(): void;
}

const MAX_LISTENERS = 16;
/** A snapshot of 10,000 contents. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export function createEventHub(): EventHub {
  const listeners = new Map<ServerResponse, string | null>();
  return {
    topics: () => new Set(listeners.values()),
    join(response, topic = null) {
      if (listeners.size >= MAX_LISTENERS) return false;
      listeners.set(response, topic);
      response.on("close", () => listeners.delete(response));
      return true;
    },
    send(event, data, topic = null) {
      if (listeners.size === 0) return;
      const text = eventText(event, data);
      for (const [response, its] of listeners) {
        if (its !== topic) continue;
        if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
        else response.write(text);
      }
    },
    close() {
      for (const response of listeners.keys()) response.end();
    },
  };
}

export function eventText(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

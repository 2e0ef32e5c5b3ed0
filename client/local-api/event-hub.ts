import type { ServerResponse } from "node:http";

/**
 * Server-sent events (HTML Living Standard, section 9.2) to whoever listens. A listener that does
 * not read is let go: it asks anew, and reads the whole state.
 */
export interface EventHub {
  /** False: there are too many already. */
  join(response: ServerResponse): boolean;
  send(event: string, data: object): void;
  close(): void;
}

const MAX_LISTENERS = 16;
const MAX_WAITING_BYTES = 1024 * 1024;

export function createEventHub(): EventHub {
  const listeners = new Set<ServerResponse>();
  return {
    join(response) {
      if (listeners.size >= MAX_LISTENERS) return false;
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
      return true;
    },
    send(event, data) {
      if (listeners.size === 0) return;
      const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      for (const response of listeners) {
        if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
        else response.write(text);
      }
    },
    close() {
      for (const response of listeners) response.end();
    },
  };
}

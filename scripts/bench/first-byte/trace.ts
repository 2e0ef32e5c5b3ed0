import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/**
 * Loaded into a `floodgate` process by NODE_OPTIONS: prints when its HTTP requests and its
 * connections begin and end, as `trace` lines with milliseconds since the process started. Only
 * Node's own channels are listened to, nothing of Floodgate is changed.
 */

const print = (what: string, step: "start" | "end"): void => {
  process.stdout.write(`${JSON.stringify({ event: "trace", what, step, ms: performance.now() })}\n`);
};

const nameOf = (message: unknown): string => {
  const { method, path } = (message as { request: { method: string; path: string } }).request;
  return `${method} ${path.split("?")[0]}`;
};

subscribe("undici:request:create", (message) => print(nameOf(message), "start"));
subscribe("undici:request:trailers", (message) => print(nameOf(message), "end"));
subscribe("net.client.socket", (message) => {
  const { socket } = message as { socket: Socket };
  socket.once("connect", () => print(`connect ${socket.remotePort}`, "end"));
});

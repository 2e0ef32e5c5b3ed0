import { randomInt } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { InputError, NetworkError } from "../protocol/base/errors.ts";
import { createAdmission } from "./admission.ts";
import { createAuthorityAsker } from "./authority.ts";
import { parseConfig, type TrackerConfig, type TrackerOptions } from "./config.ts";
import { TrackerServer } from "./server.ts";

export interface Tracker {
  /** Announce address for HTTP (BEP 3). */
  readonly url: string;
  /** Announce address for WebSocket, as WebTorrent speaks it. */
  readonly wsUrl: string;
  /** Drops all connections. Peers of the swarms announce again to the next tracker. */
  stop(): Promise<void>;
}

const SWEEP_MS = 30_000;

/**
 * Starts the tracker, which keeps its swarms in memory only.
 * @throws {InputError} CONFIG_INVALID, PORT_IN_USE
 * @throws {NetworkError} LISTEN_FAILED
 */
export async function startTracker(options: TrackerOptions): Promise<Tracker> {
  const config = parseConfig(options);
  const admit = createAdmission({ ask: createAuthorityAsker(config), now: () => performance.now(), log: config.log });
  const server = new TrackerServer({
    admit,
    randomBelow: (below) => randomInt(below),
    log: config.log,
    announceIntervalSec: config.announceIntervalSec,
  });
  // Bad requests of peers, which have been answered.
  server.on("warning", () => undefined);
  const sockets = new Set<Socket>();
  server.http.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // The WebSocket front repeats what the HTTP front says, so a failure is logged twice.
  server.on("error", (error: Error) => config.log(error.message));
  await listen(server, config);
  const sweeper = setInterval(() => server.sweep(), SWEEP_MS);

  const { port } = server.http.address() as AddressInfo;
  const authority = `${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  return {
    url: `http://${authority}/announce`,
    wsUrl: `ws://${authority}`,
    stop: async () => {
      clearInterval(sweeper);
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(resolve);
      // WebSockets and kept-alive connections would otherwise hold the server open.
      for (const socket of sockets) socket.destroy();
      await promise;
    },
  };
}

async function listen(server: TrackerServer, config: TrackerConfig): Promise<void> {
  server.listen(config.port, config.host);
  try {
    // Rejects with what `error` brings.
    await once(server, "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EADDRINUSE")
      throw new InputError(
        "PORT_IN_USE",
        `port ${config.port} of ${config.host} is in use: choose another with --port`,
      );
    throw new NetworkError("LISTEN_FAILED", `cannot listen on ${config.host}, port ${config.port} (${String(code)})`, {
      cause: error,
    });
  }
}

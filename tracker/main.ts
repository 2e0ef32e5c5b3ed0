import { randomBytes } from "node:crypto";
import type { Socket as UdpSocket } from "node:dgram";
import { type EventEmitter, once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { InputError, NetworkError } from "../protocol/base/errors.ts";
import { createAuthorityAsker } from "./authority.ts";
import { parseConfig, type TrackerConfig, type TrackerOptions } from "./config.ts";
import { createRandom } from "./core/random.ts";
import { Swarms } from "./core/swarms.ts";
import { Desk } from "./desk.ts";
import { Doors } from "./doors.ts";
import { createHttpFront } from "./http/front.ts";
import { GrantTexts } from "./paid/grant-text.ts";
import { HeldLaneStore } from "./paid/held-lanes.ts";
import { createTokenCheck } from "./paid/token-check.ts";
import { Questions } from "./questions.ts";
import { SwarmFile, type SwarmFileOptions } from "./swarm-file.ts";
import { Torrents } from "./torrents.ts";
import { ConnectionIds } from "./udp/connection-id.ts";
import { createUdpFront } from "./udp/front.ts";
import { addWebSocketFront } from "./websocket/front.ts";

export interface Tracker {
  /** Announce address for HTTP (BEP 3). */
  readonly url: string;
  /** Announce address for WebSocket, as WebTorrent speaks it. */
  readonly wsUrl: string;
  /** Announce address for UDP (BEP 15), of free torrents. */
  readonly udpUrl: string;
  /** Drops all connections. Peers of the swarms announce again to the next tracker. */
  stop(): Promise<void>;
}

const SWEEP_MS = 1_000;
/** A peer that missed this many announces has gone. */
const MISSED_ANNOUNCES = 3;
/** Plain clients ask no sooner (BEP 3 `min interval`). */
const MIN_INTERVAL_SEC = 5;
const LISTEN_BACKLOG = 4_096;

/**
 * Starts the tracker.
 * @throws {InputError} CONFIG_INVALID, PORT_IN_USE
 * @throws {NetworkError} LISTEN_FAILED
 */
export async function startTracker(options: TrackerOptions): Promise<Tracker> {
  const config = parseConfig(options);
  const now = (): number => performance.now();
  const swarms = createSwarms(config, now());
  const torrents = new Torrents();
  const doors = new Doors({ ...config.perPrefix, now });
  const desk = new Desk({
    swarms,
    torrents,
    questions: new Questions({ ...config, ask: createAuthorityAsker(config), now }),
    lanes: new HeldLaneStore(),
    grants: new GrantTexts(swarms),
    checkToken: createTokenCheck(config.operatorSecret),
    now,
    announceIntervalSec: config.announceIntervalSec,
  });
  const { log, host } = config;
  const front = { desk, swarms, doors, log, now, minIntervalSec: MIN_INTERVAL_SEC };
  const server = createHttpFront(front);
  addWebSocketFront(server, front);
  const udp = createUdpFront({ ...front, connections: new ConnectionIds(randomBytes(32)) }, host.includes(":"));
  const file = config.swarmFile === null ? null : openSwarmFile(config.swarmFile, config, { swarms, torrents, now });
  await file?.load();
  const port = await listen(server, udp, config);
  file?.start();
  server.on("error", (error) => log(error.message));
  udp.on("error", (error) => log(error.message));
  const sweeper = setInterval(() => {
    swarms.sweep(now());
  }, SWEEP_MS);
  const authority = (at: number): string => `${host.includes(":") ? `[${host}]` : host}:${at}`;
  return {
    url: `http://${authority(port)}/announce`,
    wsUrl: `ws://${authority(port)}`,
    udpUrl: `udp://${authority(udp.address().port)}/announce`,
    stop: async () => {
      clearInterval(sweeper);
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      // WebSockets and kept-alive connections would otherwise hold the server open.
      doors.closeAll();
      udp.close();
      await promise;
      await file?.stop();
    },
  };
}

function openSwarmFile(
  path: string,
  config: TrackerConfig,
  parts: Pick<SwarmFileOptions, "swarms" | "torrents" | "now">,
): SwarmFile {
  const wallClock = (): number => Date.now();
  return new SwarmFile({ ...parts, path, lifetimeMs: lifetimeOf(config), wallClock, log: config.log });
}

function lifetimeOf({ announceIntervalSec }: TrackerConfig): number {
  return announceIntervalSec * 1000 * MISSED_ANNOUNCES;
}

function createSwarms(config: TrackerConfig, now: number): Swarms {
  const words = new Uint32Array(new Uint8Array(randomBytes(16)).buffer);
  const [a = 1, b = 2, c = 3, d = 4] = words;
  return new Swarms({
    capacity: config.maxPeers,
    placesPerSwarm: config.perPrefix.placesPerSwarm,
    places: config.perPrefix.places,
    lifetimeMs: lifetimeOf(config),
    randomBelow: createRandom([a, b, c, d]),
    now,
  });
}

/** Returns the TCP port. UDP has the same, unless any would do and that one is taken. */
async function listen(server: Server, udp: UdpSocket, { host, port }: TrackerConfig): Promise<number> {
  const tcp = listening(server, { host, port });
  server.listen({ port, host, backlog: LISTEN_BACKLOG });
  await tcp;
  const chosen = (server.address() as AddressInfo).port;
  try {
    await bind(udp, host, chosen).catch((error: unknown) => {
      if (port !== 0) throw error;
      return bind(udp, host, 0);
    });
  } catch (error) {
    server.close();
    throw error;
  }
  return chosen;
}

async function bind(udp: UdpSocket, host: string, port: number): Promise<void> {
  const bound = listening(udp, { host, port });
  udp.bind(port, host);
  await bound;
}

/** Rejects with what `error` brings, in words. */
async function listening(socket: EventEmitter, at: { host: string; port: number }): Promise<void> {
  try {
    await once(socket, "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EADDRINUSE")
      throw new InputError("PORT_IN_USE", `port ${at.port} of ${at.host} is in use: choose another with --port`);
    const problem = `cannot listen on ${at.host}, port ${at.port} (${String(code)})`;
    throw new NetworkError("LISTEN_FAILED", problem, { cause: error });
  }
}

import Server, { type Done, type Swarm } from "bittorrent-tracker/server";
import { InputError } from "../protocol/base/errors.ts";
import { isSoundMessage } from "./core/websocket-message.ts";
import { AdmittedSwarm, type SwarmOptions } from "./swarm.ts";

export interface TrackerServerOptions extends SwarmOptions {
  readonly announceIntervalSec: number;
}

const MAX_PEERS_PER_SWARM = 5_000;
/** A peer that missed this many announces has gone. */
const MISSED_ANNOUNCES = 3;
const MAX_MESSAGE_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_SCRAPE = 64;
/** RFC 6455 section 7.4.1, "policy violation". */
const POLICY_VIOLATION = 1008;

/**
 * bittorrent-tracker's HTTP and WebSocket fronts, over swarms that the authority admits peers to.
 */
export class TrackerServer extends Server {
  readonly #options: TrackerServerOptions;

  constructor(options: TrackerServerOptions) {
    super({
      interval: options.announceIntervalSec * 1000,
      peersCacheLength: MAX_PEERS_PER_SWARM,
      peersCacheTtl: options.announceIntervalSec * 1000 * MISSED_ANNOUNCES,
      http: { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
      ws: { maxPayload: MAX_MESSAGE_BYTES },
      udp: false,
      stats: false,
    });
    this.#options = options;
  }

  /**
   * The swarm enters `torrents` with its first admitted peer. Infohashes that the authority does
   * not know take no memory.
   */
  override createSwarm(infoHash: string, done: Done<Swarm>): void {
    done(null, new AdmittedSwarm(infoHash, this, this.#options));
  }

  /**
   * BEP 48, but only for infohashes that the client names. The list of all infohashes is the
   * authority's to give.
   */
  override _onScrape(params: { info_hash?: readonly string[] }, done: Done<object>): void {
    if (params.info_hash === undefined || params.info_hash.length > MAX_SCRAPE)
      done(new InputError("SCRAPE_INVALID", `name 1 to ${MAX_SCRAPE} infohashes to scrape`));
    else super._onScrape(params, done);
  }

  override _onWebSocketRequest(
    socket: Parameters<Server["_onWebSocketRequest"]>[0],
    options: object,
    data: Uint8Array,
  ): void {
    if (isSoundMessage(data)) super._onWebSocketRequest(socket, options, data);
    else socket.close(POLICY_VIOLATION, "malformed message");
  }

  /** Forgets peers that no longer announce, and swarms without peers. */
  sweep(): void {
    for (const [infoHash, swarm] of Object.entries(this.torrents)) {
      // `peek` drops a peer that is too old.
      for (const id of swarm.peers.keys) swarm.peers.peek(id);
      if (swarm.peers.length === 0) delete this.torrents[infoHash];
    }
  }
}

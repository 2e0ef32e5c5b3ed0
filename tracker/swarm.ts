import Server, {
  type AnnounceParams,
  type AnnounceResponse,
  type Done,
  type SwarmPeer,
} from "bittorrent-tracker/server";
import { MAX_NUMWANT } from "../protocol/base/constants.ts";
import { FloodgateError, ProtocolError } from "../protocol/base/errors.ts";
import type { Address } from "../protocol/base/ids.ts";
import type { TrackerAnnounce } from "../protocol/http/operator.ts";
import { ANNOUNCE_REPLY_KEY } from "../protocol/wire/announce.ts";
import { parseAnnounceFields, parseBytesLeft, parseEvent } from "./announce.ts";
import type { AskAuthority } from "./authority.ts";

export interface SwarmOptions {
  readonly admit: AskAuthority;
  /** A number from 0 to below `below`. */
  readonly randomBelow: (below: number) => number;
  readonly log: (message: string) => void;
}

/** Where a peer of a paid swarm takes vouchers. */
interface Device {
  readonly sessionKey: Address;
  readonly host: string;
  readonly port: number;
}

/**
 * The peers of one torrent. Nobody enters, and nobody is told of others, before T has admitted
 * them.
 */
export class AdmittedSwarm extends Server.Swarm {
  readonly #server: Server;
  readonly #options: SwarmOptions;
  readonly #devices = new WeakMap<SwarmPeer, Device>();

  constructor(infoHash: string, server: Server, options: SwarmOptions) {
    super(infoHash, server);
    this.#server = server;
    this.#options = options;
  }

  override announce(params: AnnounceParams, done?: Done<AnnounceResponse>): void {
    if (!done) {
      // A WebSocket has closed: its peer goes, whoever it was.
      super.announce(params);
      return;
    }
    this.#announce(params).then(
      (response) => done(null, response),
      (error: unknown) => {
        // A peer reads the reason; what is our fault stays in the log.
        if (!(error instanceof FloodgateError)) this.#options.log(`announce failed: ${String(error)}`);
        done(error instanceof FloodgateError ? error : new Error("the tracker failed: try again in a minute"));
      },
    );
  }

  async #announce(params: AnnounceParams): Promise<AnnounceResponse> {
    const event = parseEvent(params.event);
    const { accessToken, voucherPort, request } = parseAnnounceFields(params);
    const bytesLeft = parseBytesLeft(params.left);
    const peers = event === "stopped" ? [] : this.#pickPeers(params, bytesLeft);
    const payees = peers.flatMap((peer) => this.#devices.get(peer) ?? []);
    const asked: TrackerAnnounce = { infoHash: this.infoHash, event, bytesLeft, accessToken, request, payees };
    const admission = await this.#options.admit(asked);
    if (!admission.admitted) throw new ProtocolError("REFUSED", admission.failureReason);

    // While T was asked, another announce may have opened the swarm, or the WebSocket may have
    // closed.
    const swarm = this.#opened();
    if (!params.socket?.destroyed) {
      const device = deviceOf(admission.sessionKey, params.ip, voucherPort);
      swarm.#enter({ ...params, event, left: bytesLeft }, admission.sessionKey, device);
    }
    const response: AnnounceResponse = { complete: swarm.complete, incomplete: swarm.incomplete, peers };
    if (admission.grant) response[ANNOUNCE_REPLY_KEY] = JSON.stringify(admission.grant);
    return response;
  }

  /** The swarm that the server keeps; this one, when it kept none. */
  #opened(): AdmittedSwarm {
    const { torrents } = this.#server;
    torrents[this.infoHash] ??= this;
    return torrents[this.infoHash] as AdmittedSwarm;
  }

  #enter(params: AnnounceParams, sessionKey: string | null, device: Device | null): void {
    const id = idOf(params);
    const known = this.peers.peek(id);
    const knownDevice = known && this.#devices.get(known);
    // Behind one address, nobody says for another that it leaves.
    if (params.event === "stopped" && knownDevice && knownDevice.sessionKey !== sessionKey) return;
    super.announce(params, (error) => {
      if (error) this.#options.log(error.message);
    });
    const peer = this.peers.peek(id);
    if (peer && device) this.#devices.set(peer, device);
  }

  /**
   * A random choice of the peers that the announcing one can use: seeders have no use for seeders.
   */
  #pickPeers(params: AnnounceParams, bytesLeft: number): SwarmPeer[] {
    const own = idOf(params);
    const ids = this.peers.keys;
    const picked: SwarmPeer[] = [];
    const count = Math.min(params.numwant, MAX_NUMWANT);
    for (let last = ids.length - 1; last >= 0 && picked.length < count; last--) {
      const at = this.#options.randomBelow(last + 1);
      const id = ids[at] as string;
      ids[at] = ids[last] as string;
      const peer = id === own ? undefined : this.peers.peek(id);
      if (peer?.type === params.type && !(bytesLeft === 0 && peer.complete)) picked.push(peer);
    }
    return picked;
  }
}

function idOf(params: AnnounceParams): string {
  return params.type === "ws" ? params.peer_id : params.addr;
}

function deviceOf(sessionKey: string | null, host: string, port: number | null): Device | null {
  return sessionKey === null || port === null ? null : { sessionKey: sessionKey as Address, host, port };
}

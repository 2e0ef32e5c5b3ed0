import Server, {
  type AnnounceParams,
  type AnnounceResponse,
  type Done,
  type SwarmPeer,
} from "bittorrent-tracker/server";
import { FloodgateError, ProtocolError } from "../protocol/base/errors.ts";
import type { Address } from "../protocol/base/ids.ts";
import type { TrackerAnnounce } from "../protocol/http/operator.ts";
import { ANNOUNCE_REPLY_KEY } from "../protocol/wire/announce.ts";
import type { AskAuthority } from "./authority.ts";
import { parseAnnounceFields, parseBytesLeft, parseEvent } from "./core/announce.ts";
import { choosePeers } from "./core/peer-choice.ts";

export interface SwarmOptions {
  readonly admit: AskAuthority;
  /** A number from 0 to below `below`. */
  readonly randomBelow: (below: number) => number;
  readonly log: (message: string) => void;
}

/** The device at which a peer of a paid swarm takes vouchers. */
interface Device {
  readonly sessionKey: Address;
  readonly host: string;
  readonly port: number;
}

/**
 * The peers of one torrent. No peer enters, or is told of others, before the authority has admitted
 * it.
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
      // A WebSocket has closed, so its peer leaves.
      super.announce(params);
      return;
    }
    this.#announce(params).then(
      (response) => done(null, response),
      (error: unknown) => {
        // The peer is told the reason of a refusal. Our own faults go to the log.
        if (!(error instanceof FloodgateError)) this.#options.log(`announce failed: ${String(error)}`);
        done(error instanceof FloodgateError ? error : new Error("the tracker failed: try again in a minute"));
      },
    );
  }

  async #announce(params: AnnounceParams): Promise<AnnounceResponse> {
    const event = parseEvent(params.event);
    const { accessToken, voucherPort, request } = parseAnnounceFields(params);
    const bytesLeft = parseBytesLeft(params.left);
    const peers = event === "stopped" ? [] : this.#choosePeers(params, bytesLeft);
    const payees = peers.flatMap((peer) => this.#devices.get(peer) ?? []);
    const asked: TrackerAnnounce = { infoHash: this.infoHash, event, bytesLeft, accessToken, request, payees };
    const admission = await this.#options.admit(asked);
    if (!admission.admitted) throw new ProtocolError("REFUSED", admission.failureReason);

    // While the authority was asked, another announce may have opened the swarm, or the WebSocket
    // may have closed.
    const swarm = this.#opened();
    if (!params.socket?.destroyed) {
      const device = deviceOf(admission.sessionKey, params.ip, voucherPort);
      swarm.#enter({ ...params, event, left: bytesLeft }, admission.sessionKey, device);
    }
    const response: AnnounceResponse = { complete: swarm.complete, incomplete: swarm.incomplete, peers };
    if (admission.grant) response[ANNOUNCE_REPLY_KEY] = JSON.stringify(admission.grant);
    return response;
  }

  /** The swarm that the server keeps. If it keeps none, it keeps this one from now on. */
  #opened(): AdmittedSwarm {
    const { torrents } = this.#server;
    torrents[this.infoHash] ??= this;
    return torrents[this.infoHash] as AdmittedSwarm;
  }

  #enter(params: AnnounceParams, sessionKey: string | null, device: Device | null): void {
    const id = idOf(params);
    const known = this.peers.peek(id);
    const knownDevice = known && this.#devices.get(known);
    // Several peers can share one address. None of them may announce that another leaves.
    if (params.event === "stopped" && knownDevice && knownDevice.sessionKey !== sessionKey) return;
    super.announce(params, (error) => {
      if (error) this.#options.log(error.message);
    });
    const peer = this.peers.peek(id);
    if (peer && device) this.#devices.set(peer, device);
  }

  #choosePeers(params: AnnounceParams, bytesLeft: number): SwarmPeer[] {
    const announcing = { id: idOf(params), type: params.type, bytesLeft, wanted: params.numwant };
    return choosePeers(announcing, this.peers.keys, (id) => this.peers.peek(id), this.#options.randomBelow);
  }
}

function idOf(params: AnnounceParams): string {
  return params.type === "ws" ? params.peer_id : params.addr;
}

function deviceOf(sessionKey: string | null, host: string, port: number | null): Device | null {
  return sessionKey === null || port === null ? null : { sessionKey: sessionKey as Address, host, port };
}

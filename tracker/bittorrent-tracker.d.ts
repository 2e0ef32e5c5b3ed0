/**
 * What the tracker uses of bittorrent-tracker's server. Some of it is internal, since the swarms
 * are ours.
 */
declare module "bittorrent-tracker/server" {
  import { EventEmitter } from "node:events";
  import type * as http from "node:http";
  import type { WebSocket } from "ws";

  /** One announce, as the server parsed it. Its other fields are what the peer sent, unchecked. */
  export interface AnnounceParams {
    readonly [extra: string]: unknown;
    readonly type: "http" | "ws";
    readonly info_hash: string;
    /** Hex. */
    readonly peer_id: string;
    readonly ip: string;
    readonly port: number;
    /** `host:port`. */
    readonly addr: string;
    readonly left: number;
    readonly numwant: number;
    readonly event?: string;
    readonly socket?: WebSocket & { destroyed?: boolean };
  }

  export interface SwarmPeer {
    readonly type: "http" | "ws";
    readonly complete: boolean;
    readonly peerId: string;
    readonly ip: string;
    readonly port: number;
  }

  export interface AnnounceResponse {
    complete: number;
    incomplete: number;
    peers: readonly SwarmPeer[];
    [extra: string]: unknown;
  }

  export type Done<Result> = (error: Error | null, result?: Result) => void;

  export class Swarm {
    constructor(infoHash: string, server: Server);
    readonly infoHash: string;
    complete: number;
    incomplete: number;
    readonly peers: { readonly keys: string[]; readonly length: number; peek(id: string): SwarmPeer | undefined };
    announce(params: AnnounceParams, done?: Done<AnnounceResponse>): void;
  }

  export interface ServerOptions {
    interval?: number;
    peersCacheLength?: number;
    peersCacheTtl?: number;
    trustProxy?: boolean;
    http?: boolean | http.ServerOptions;
    udp?: boolean;
    ws?: boolean | { maxPayload?: number };
    stats?: boolean;
  }

  export default class Server extends EventEmitter {
    static Swarm: typeof Swarm;
    constructor(options: ServerOptions);
    readonly http: http.Server;
    readonly torrents: Record<string, Swarm>;
    listen(port: number, host: string): void;
    close(done: () => void): void;
    createSwarm(infoHash: string, done: Done<Swarm>): void;
    _onScrape(params: { info_hash?: readonly string[] }, done: Done<object>): void;
    _onWebSocketRequest(socket: WebSocket, options: object, data: Uint8Array): void;
  }
}

/**
 * What Floodgate uses of the BitTorrent libraries. That includes internal parts, some of which
 * `client/torrent` replaces.
 */

declare module "bencode" {
  const bencode: {
    encode(value: unknown): Uint8Array;
    decode(bytes: Uint8Array): unknown;
  };
  export default bencode;
}

declare module "parse-torrent" {
  export interface ParsedFile {
    path: string;
    name: string;
    length: number;
    offset: number;
  }
  export interface ParsedTorrent {
    infoHash: string;
    name: string;
    private?: boolean;
    announce: string[];
    urlList: string[];
    files: ParsedFile[];
    length: number;
    pieceLength: number;
    lastPieceLength: number;
    /** SHA-1 of each piece, hex. */
    pieces: string[];
    /** As it was decoded. */
    info: { files?: { attr?: unknown }[] };
  }
  export default function parseTorrent(metainfo: Uint8Array): Promise<ParsedTorrent>;
}

declare module "bittorrent-protocol" {
  import type { Wire } from "webtorrent";

  const WireClass: { readonly prototype: Wire; new (type: string): Wire };
  export default WireClass;
}

declare module "webtorrent" {
  import type { EventEmitter } from "node:events";
  import type { Socket } from "node:net";
  import type { ParsedTorrent } from "parse-torrent";

  export interface BitField {
    get(index: number): boolean;
    /** The highest bit of the first byte is piece 0 (BEP 3). */
    readonly buffer: Uint8Array;
  }

  export interface Extension {
    onHandshake?(infoHash: string, peerId: string): void;
    onExtendedHandshake?(handshake: Record<string, unknown>): void;
    onMessage?(bytes: Uint8Array): void;
  }

  export interface BlockRequest {
    readonly piece: number;
    readonly offset: number;
    readonly length: number;
  }

  export interface Wire extends EventEmitter {
    readonly type: string;
    readonly peerId: string | null;
    readonly remoteAddress?: string;
    readonly remotePort?: number;
    readonly destroyed: boolean;
    readonly hasFast: boolean;
    readonly amChoking: boolean;
    readonly amInterested: boolean;
    readonly peerChoking: boolean;
    readonly peerInterested: boolean;
    readonly peerPieces: BitField;
    /** Our outstanding requests. */
    readonly requests: readonly BlockRequest[];
    /** The remote's requests that are being answered. */
    readonly peerRequests: readonly BlockRequest[];
    readonly uploaded: number;
    readonly downloaded: number;
    downloadSpeed(): number;
    uploadSpeed(): number;
    extendedHandshake: Record<string, unknown>;
    use(extension: { new (wire: Wire): Extension; prototype: { name: string } }): void;
    choke(): void;
    unchoke(): void;
    interested(): void;
    uninterested(): void;
    reject(piece: number, offset: number, length: number): void;
    cancel(piece: number, offset: number, length: number): void;
    destroy(): void;
    end(data?: unknown): unknown;
    readonly lt_donthave: EventEmitter & { donthave(piece: number): void };
    request(
      piece: number,
      offset: number,
      length: number,
      done: (error: Error | null, block?: Uint8Array) => void,
    ): void;
    piece(piece: number, offset: number, block: Uint8Array): void;
    _onRequest(piece: number, offset: number, length: number): void;
    _onCancel(piece: number, offset: number, length: number): void;
    /** From streamx: bytes that the connection has not taken yet. */
    readonly _readableState: { readonly buffered: number };
    _push(data: Uint8Array): boolean | undefined;
    _onMessageLength(buffer: Uint8Array): void;
    _onMessage(buffer: Uint8Array): void;
    _onPiece(piece: number, offset: number, bytes: Uint8Array): void;
    /** From streamx: bytes from the remote. */
    _write(data: Uint8Array, done: (error: Error | null) => void): void;
    /** How many bytes wait to be parsed, and how many `_parser` needs. */
    readonly _bufferSize: number;
    readonly _parserSize: number;
    readonly _parser: unknown;
    readonly _encryptor: unknown;
    _onExtended(extension: number, bytes: Uint8Array): void;
    readonly extendedMapping: Readonly<Record<number, string>>;
  }

  export interface Piece {
    readonly length: number;
    readonly missing: number;
    readonly _flushed: boolean;
  }

  export interface ChunkStore {
    readonly chunkLength: number;
    get(
      index: number,
      options: { offset?: number; length?: number } | null,
      done: (error: Error | null, bytes?: Uint8Array) => void,
    ): void;
    put(index: number, bytes: Uint8Array, done: (error: Error | null) => void): void;
    close(done: (error: Error | null) => void): void;
    destroy(done: (error: Error | null) => void): void;
  }

  /** A connection, possibly still without a wire. */
  export interface Peer extends EventEmitter {
    /** Of a peer that was dialed: its address. */
    readonly id: string;
    /** As the wire's. */
    readonly type: string;
    readonly wire: Wire | null;
    /** Null once the peer is destroyed. */
    readonly conn: Socket | null;
    /**
     * Reconnections so far. At three the address is not dialled again until a tracker names it
     * anew.
     */
    retries: number;
  }

  export interface TrackerClient extends EventEmitter {
    update(): void;
  }

  export interface Torrent extends EventEmitter {
    readonly infoHash: string;
    readonly pieceLength: number;
    readonly lastPieceLength: number;
    readonly length: number;
    readonly ready: boolean;
    readonly done: boolean;
    readonly destroyed: boolean;
    readonly wires: readonly Wire[];
    readonly bitfield: BitField;
    readonly pieces: (Piece | null)[];
    readonly downloadSpeed: number;
    readonly uploadSpeed: number;
    readonly numPeers: number;
    readonly discovery: (EventEmitter & { readonly tracker: TrackerClient | null }) | null;
    readonly store: {
      readonly store: ChunkStore & { readonly cache?: { remove(index: number): void; clear(): void } };
    } | null;
    readonly _hashes: readonly string[];
    readonly _reservations: (unknown[] | null)[];
    readonly _peers: ReadonlyMap<string, Peer>;
    _rechoke: () => void;
    _checkDone: () => boolean | undefined;
    _updateWireInterest: (wire: Wire) => void;
    _updateWire: (wire: Wire) => void;
    _startDiscovery: () => void;
    /** The pieces on disk are known. */
    _onStore: () => void;
    _request(wire: Wire, piece: number, hotswap: boolean): boolean;
    _verifyPiece(piece: number, done: (error: Error | null, isValid?: boolean) => void): void;
    _markVerified(piece: number): void;
    _markUnverified(piece: number): void;
    /** The start-up check. */
    _verifyPieces(done: (error?: Error | null) => void): void;
    _verifyPiecesUsingHash(pieces: readonly number[], done: (error?: Error | null) => void): void;
    /** Pieces, both ends included. Selections are merged, except those of streams. */
    _select(first: number, last: number, priority: number, notify: null, isStream: boolean): void;
    _deselect(first: number, last: number, isStream: boolean): void;
    addPeer(address: string): boolean;
    /** Connections, and those that are dialled. */
    readonly _numConns: number;
    readonly _numPending: number;
    /** Addresses to dial, the next one first. */
    readonly _queue: readonly Peer[];
    /** Dials the next address, if there is room. */
    _drain: () => void;
    resume(): void;
    destroy(options: Record<string, never> | null, done: (error?: Error | null) => void): void;
  }

  export interface ClientOptions {
    peerId?: Uint8Array;
    userAgent?: string;
    /** Passed to `server.listen` unchanged, so an object with an address fits, too. */
    torrentPort?: number | { port: number; host: string };
    maxConns?: number;
    /** Bytes a second; -1: no limit. */
    uploadLimit?: number;
    dht?: boolean;
    lsd?: boolean;
    utPex?: boolean;
    natUpnp?: boolean;
    natPmp?: boolean;
    utp?: boolean;
    webSeeds?: boolean;
    tracker?: boolean | Record<string, unknown>;
    secure?: number;
  }

  export interface TorrentOptions {
    path?: string;
    paused?: boolean;
    alwaysChokeSeeders?: boolean;
    deselect?: boolean;
    /** Order of pieces; default: sequential. */
    strategy?: "sequential" | "rarest";
    store?: new (chunkLength: number, options: object) => ChunkStore;
    /** Pieces; 0: no cache. */
    storeCacheSlots?: number;
    getAnnounceOpts?: () => Record<string, unknown>;
  }

  export default class WebTorrent extends EventEmitter {
    get(torrentId: string): Promise<Torrent | null>;
    constructor(options?: ClientOptions);
    readonly peerId: string;
    readonly torrentPort: number;
    readonly listening: boolean;
    readonly destroyed: boolean;
    readonly torrents: readonly Torrent[];
    /** Bytes a second; -1: no limit. */
    throttleUpload(rate: number): void;
    throttleDownload(rate: number): void;
    add(torrent: ParsedTorrent | Uint8Array, options?: TorrentOptions): Torrent;
    destroy(done: (error?: Error | null) => void): void;
  }
}

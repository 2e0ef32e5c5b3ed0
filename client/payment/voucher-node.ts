import { isIP, isIPv6 } from "node:net";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { privateKeyFromRaw, publicKeyFromRaw } from "@libp2p/crypto/keys";
import type { Connection, Stream } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { lpStream } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { VOUCHER_PROTOCOL } from "../../protocol/base/constants.ts";
import { InputError, NetworkError, toError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { addressOfKey } from "../../protocol/base/secp256k1.ts";
import { decodeMessage, encodeMessage, MAX_MESSAGE_BYTES, type Message } from "../../protocol/wire/voucher-stream.ts";
import { CONNECTION_RULES, type ConnectionPlaces, createConnectionPlaces } from "./connection-places.ts";

/**
 * The only file that knows libp2p: authenticated streams of voucher messages between two session
 * keys.
 */
export interface VoucherNode {
  /** TCP port of the listener. */
  readonly port: number;
  /**
   * Opens a stream to the owner of this public key, at the first address that answers.
   * @throws {NetworkError} PAYEE_UNREACHABLE
   */
  dial(publicKey: Uint8Array, addresses: readonly HostPort[]): Promise<VoucherStream>;
  /** Connects, so that whoever is there can open a stream. Nobody there is no error. */
  reach(address: HostPort): void;
  stop(): Promise<void>;
}

export interface HostPort {
  /** IP address. */
  readonly host: string;
  readonly port: number;
}

export interface VoucherStream {
  /** The session key that Noise authenticated. */
  readonly remoteKey: Address;
  /** IP address of the remote. */
  readonly remoteHost: string;
  /** Messages leave in order. They are dropped silently once the stream is closed. */
  send(message: Message): void;
  /** An offer was accepted here: the connection keeps its place. */
  keep(): void;
  close(): void;
  /** Resets the stream: the remote broke the protocol, or the stream is of no use. */
  abort(reason: Error): void;
}

/** What happens on a stream. Messages come in order, and none after `closed`. */
export interface StreamEvents {
  /** May throw {ProtocolError}: the stream is aborted. */
  message(message: Message): void;
  /** Once. */
  closed(error: Error | null): void;
}

const DIAL_TIMEOUT_MS = 5_000;
/** What each side may send ahead of the other's reading: a few hundred messages. */
const MAX_BUFFER_BYTES = 48 * 1024;
/** One is the rule. A second one may open before the loss of the first is noticed. */
const MAX_STREAMS_PER_CONNECTION = 4;
/** libp2p's own limit refuses without a choice, so it must never be the one that holds. */
const MAX_CONNECTIONS = CONNECTION_RULES.most + 50;
/** Connections that have not finished their handshake, and how long one may take. */
const MAX_PENDING = 128;
const HANDSHAKE_MS = 3_000;
/** Yamux's least: what a remote may send on a stream before we read. */
const STREAM_WINDOW_BYTES = 256 * 1024;

/**
 * Bytes that so many connections can make this peer hold, whatever they send: on each stream what
 * came and was not read, what was read in part, and what was not sent yet.
 */
export function memoryBudget(connections: number): number {
  return connections * MAX_STREAMS_PER_CONNECTION * (STREAM_WINDOW_BYTES + 2 * MAX_BUFFER_BYTES);
}

/** @throws {InputError} PORT_UNUSABLE */
export async function createVoucherNode(options: {
  /** The session's, 32 bytes: the libp2p identity. */
  readonly privateKey: Uint8Array;
  /** IP address; port 0 chooses a free one. */
  readonly listen: HostPort;
  /** An offer of this session key was accepted before. */
  readonly isKnown: (remoteKey: Address) => boolean;
  /** A remote has connected, and has a place. */
  readonly onConnected: (remoteKey: Address, host: string) => void;
  /** A payer opened a stream. */
  readonly onStream: (stream: VoucherStream) => StreamEvents;
  /** What happens on a stream that `dial` opened. */
  readonly onDialed: (stream: VoucherStream) => StreamEvents;
}): Promise<VoucherNode> {
  const { host, port } = options.listen;
  const node = await createLibp2p({
    privateKey: privateKeyFromRaw(options.privateKey),
    addresses: { listen: [`/${family(host)}/${host}/tcp/${port}`] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    // Also streams that speak no protocol yet count.
    streamMuxers: [
      yamux({
        maxInboundStreams: MAX_STREAMS_PER_CONNECTION,
        maxOutboundStreams: MAX_STREAMS_PER_CONNECTION,
        streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES, maxReadBufferLength: STREAM_WINDOW_BYTES },
      }),
    ],
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      // A host may be a whole household or the loopback of a demo.
      inboundConnectionThreshold: 50,
      maxIncomingPendingConnections: MAX_PENDING,
      inboundUpgradeTimeout: HANDSHAKE_MS,
      inboundStreamProtocolNegotiationTimeout: HANDSHAKE_MS,
    },
    start: false,
  });
  const places = createConnectionPlaces(options.isKnown);
  node.addEventListener("connection:open", ({ detail: connection }) => {
    const [key, host] = [keyOf(connection), hostOf(connection)];
    if (connection.direction === "inbound" && places.opened(connection, host, key) && key !== null)
      options.onConnected(key, host);
  });
  node.addEventListener("connection:close", ({ detail: connection }) => places.closed(connection));
  const serve = (stream: Stream, connection: Connection): void => {
    if (places.mayStream(connection)) run(stream, connection, places, options.onStream);
    else connection.abort(new Error("too many streams without an accepted offer"));
  };
  await node.handle(VOUCHER_PROTOCOL, serve, {
    maxInboundStreams: MAX_STREAMS_PER_CONNECTION,
    maxOutboundStreams: MAX_STREAMS_PER_CONNECTION,
  });
  try {
    await node.start();
  } catch (cause) {
    throw new InputError("PORT_UNUSABLE", `cannot listen for vouchers on ${host}:${port}: choose another port`, {
      cause,
    });
  }
  const [listening] = node.getMultiaddrs();
  const localPort = Number(listening?.toString().match(/\/tcp\/(\d+)/)?.[1] ?? port);

  return {
    port: localPort,
    async dial(publicKey, addresses) {
      // The peer id in the address makes libp2p refuse a remote with another key.
      const peerId = publicKeyFromRaw(publicKey).toString();
      const targets = addresses
        .filter((address) => isIP(address.host) !== 0)
        .map((address) => multiaddr(`/${family(address.host)}/${address.host}/tcp/${address.port}/p2p/${peerId}`));
      try {
        const connection = await node.dial(targets, { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) });
        places.accept(connection);
        const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS);
        const stream = await connection.newStream(VOUCHER_PROTOCOL, { signal });
        const opened = run(stream, connection, places, options.onDialed);
        if (!opened) throw new Error("no secp256k1 key");
        return opened;
      } catch (cause) {
        const at = addresses.map((address) => `${address.host}:${address.port}`).join(", ");
        throw new NetworkError("PAYEE_UNREACHABLE", `no voucher stream to ${at}`, { cause });
      }
    },
    reach(address) {
      if (isIP(address.host) === 0) return;
      const target = multiaddr(`/${family(address.host)}/${address.host}/tcp/${address.port}`);
      node.dial(target, { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) }).catch(() => undefined);
    },
    async stop() {
      places.stop();
      await node.stop();
    },
  };
}

/** Null: the remote's identity is not a secp256k1 key, so it cannot be a session key. */
function run(
  stream: Stream,
  connection: Connection,
  places: Pick<ConnectionPlaces, "accept">,
  attach: (stream: VoucherStream) => StreamEvents,
): VoucherStream | null {
  const remoteKey = keyOf(connection);
  if (remoteKey === null) {
    stream.abort(new Error("the remote's identity is not a secp256k1 key"));
    return null;
  }
  stream.maxWriteBufferLength = MAX_BUFFER_BYTES;
  const frames = lpStream(stream, { maxDataLength: MAX_MESSAGE_BYTES, maxBufferSize: MAX_BUFFER_BYTES });
  let isClosed = false;
  const closed = (error: Error | null): void => {
    if (isClosed) return;
    isClosed = true;
    events.closed(error);
  };
  const abort = (reason: Error): void => {
    stream.abort(reason);
    closed(reason);
  };
  const voucherStream: VoucherStream = {
    remoteKey,
    remoteHost: hostOf(connection),
    send(message) {
      if (!isClosed) frames.write(encodeMessage(message)).catch(abort);
    },
    keep: () => places.accept(connection),
    close() {
      stream.close().catch(abort);
      closed(null);
    },
    abort,
  };
  const events = attach(voucherStream);
  const read = async (): Promise<void> => {
    while (!isClosed) {
      const frame = await frames.read();
      if (!isClosed) events.message(decodeMessage(frame.subarray()));
    }
  };
  read().catch((error: unknown) => {
    if (isClosed) return;
    // The remote's orderly close and its loss look alike here (UnexpectedEOFError): both end the
    // stream.
    abort(toError(error));
  });
  return voucherStream;
}

/** The session key that Noise authenticated; null: the identity is of another kind. */
function keyOf({ remotePeer }: Connection): Address | null {
  const { publicKey } = remotePeer;
  return publicKey?.type === "secp256k1" ? addressOfKey(publicKey.raw) : null;
}

function hostOf(connection: Connection): string {
  const [, kind, host] = connection.remoteAddr.toString().split("/");
  const plain = host ?? "";
  return kind === "ip6" ? plain.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "") : plain;
}

function family(host: string): "ip4" | "ip6" {
  return isIPv6(host) ? "ip6" : "ip4";
}

import type { Extension, Wire } from "webtorrent";
import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import { BLOCK_BYTES, MAX_REQUEST_BYTES, WIRE_EXTENSION, WIRE_TOKEN_BYTES } from "../../../protocol/base/constants.ts";
import type { Address } from "../../../protocol/base/ids.ts";

/**
 * The `floodgate` entry of the BEP 10 handshake: a dictionary `{v, token, port, key, maxRequest}`
 * (docs/protocol.md 4.4). It names the libp2p port and session key of this wire's peer, the token
 * that vouchers for the wire must name, and the longest request. There are no further messages.
 */
export interface WireHandshake {
  /** 16 random bytes, fresh for each wire. */
  readonly token: Uint8Array;
  /** TCP port of the libp2p listener. */
  readonly port: number;
  readonly sessionKey: Address;
  /**
   * Longest request that is answered, in bytes. A remote that does not say answers blocks of BEP 3.
   */
  readonly maxRequestBytes: number;
}

const VERSION = 1;
const ADDRESS_BYTES = 20;

function encodeWireHandshake(handshake: WireHandshake): Record<string, unknown> {
  return {
    v: VERSION,
    token: handshake.token,
    port: handshake.port,
    key: hexToBytes(handshake.sessionKey),
    maxRequest: handshake.maxRequestBytes,
  };
}

/** Reads what a remote sent (bdecoded). Null for anything but a complete entry of our version. */
function decodeWireHandshake(value: unknown): WireHandshake | null {
  if (typeof value !== "object" || value === null) return null;
  const own = (key: string): unknown =>
    Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  const [version, token, port, key] = [own("v"), own("token"), own("port"), own("key")];
  if (version !== VERSION) return null;
  if (!(token instanceof Uint8Array) || token.length !== WIRE_TOKEN_BYTES) return null;
  if (!(key instanceof Uint8Array) || key.length !== ADDRESS_BYTES) return null;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535) return null;
  const maxRequest = own("maxRequest") ?? BLOCK_BYTES;
  if (typeof maxRequest !== "number" || !Number.isInteger(maxRequest) || maxRequest < BLOCK_BYTES) return null;
  const maxRequestBytes = Math.min(maxRequest, MAX_REQUEST_BYTES);
  return { token: Uint8Array.from(token), port, sessionKey: bytesToHex(key), maxRequestBytes };
}

/**
 * Puts our entry into the wire's extended handshake, and reports the remote's entry when it first
 * sends one.
 */
export function useWireExtension(
  wire: Wire,
  local: WireHandshake,
  onRemote: (remote: WireHandshake | null) => void,
): void {
  let isKnown = false;
  class FloodgateExtension implements Extension {
    onExtendedHandshake(handshake: Record<string, unknown>): void {
      if (isKnown) return;
      isKnown = true;
      onRemote(Object.hasOwn(handshake, WIRE_EXTENSION) ? decodeWireHandshake(handshake[WIRE_EXTENSION]) : null);
    }
  }
  // bittorrent-protocol finds the extension's name on the prototype.
  Object.defineProperty(FloodgateExtension.prototype, "name", { value: WIRE_EXTENSION });
  wire.extendedHandshake[WIRE_EXTENSION] = encodeWireHandshake(local);
  wire.use(FloodgateExtension as unknown as Parameters<Wire["use"]>[0]);
}

import { MAX_NUMWANT } from "../../protocol/base/constants.ts";
import { ProtocolError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { MAX_UINT32, MAX_UINT40 } from "../../protocol/base/units.ts";
import type { TrackerAnnounce } from "../../protocol/http/operator.ts";
import { ANNOUNCE_KEYS, MAX_MET, MAX_TOP_UP } from "../../protocol/wire/announce.ts";
import { MAX_ANNOUNCE_TOKEN_LENGTH } from "../../protocol/wire/announce-token.ts";

/** An announce, whichever way it came. */
export interface Announce extends AnnounceFields {
  readonly infoHash: InfoHash;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** 0: WebSocket, where nobody dials. */
  readonly port: number;
  readonly bytesLeft: number;
  readonly event: TrackerAnnounce["event"];
  /** Peers, 0 to MAX_NUMWANT. */
  readonly wanted: number;
}

/**
 * What Floodgate adds to an announce (ANNOUNCE_KEYS, docs/protocol.md 6.1). All fields are null for
 * a plain BitTorrent client.
 */
export interface AnnounceFields {
  readonly token: string | null;
  /** TCP port of the peer's libp2p listener. */
  readonly voucherPort: number | null;
  readonly request: TrackerAnnounce["request"];
}

/** Of a plain client. */
export const NO_FIELDS: AnnounceFields = { token: null, voucherPort: null, request: null };

/**
 * Reads the fields of an HTTP query or a WebSocket message.
 * @throws {ProtocolError} ANNOUNCE_INVALID
 */
export function parseAnnounceFields(params: Readonly<Record<string, unknown>>): AnnounceFields {
  const token = field(params, ANNOUNCE_KEYS.token, /^[\w-]+$/, MAX_ANNOUNCE_TOKEN_LENGTH);
  const voucherPort = field(params, ANNOUNCE_KEYS.port, /^\d+$/, 5);
  const signature = field(params, ANNOUNCE_KEYS.signature, /^[0-9a-f]{128}$/, 128);
  if (token === null && voucherPort === null && signature === null) return NO_FIELDS;
  return {
    token,
    voucherPort: voucherPort === null ? null : whole(ANNOUNCE_KEYS.port, voucherPort, 1, 65_535),
    request: signature === null ? null : parseRequest(params, signature),
  };
}

/**
 * The event (BEP 3). An absent or empty event means an update.
 * @throws {ProtocolError} ANNOUNCE_INVALID
 */
export function parseEvent(value: unknown): TrackerAnnounce["event"] {
  if (value === undefined || value === "" || value === "empty" || value === "paused") return "update";
  if (value === "started" || value === "completed" || value === "stopped" || value === "update") return value;
  throw invalid("event");
}

/**
 * Bytes left (BEP 3 `left`), a decimal text or a number. A client that does not know the size yet
 * has everything left: absent, null, or as much as 2^64-1 (transmission with a magnet link).
 * @throws {ProtocolError} ANNOUNCE_INVALID
 */
export function parseBytesLeft(left: unknown): number {
  if (left === undefined || left === null) return Number.MAX_SAFE_INTEGER;
  const value = typeof left === "string" && /^\d{1,20}$/.test(left) ? Number(left) : left;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) throw invalid("left");
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/**
 * How many peers are wanted (BEP 3 `numwant`). Absent or negative: as many as there are.
 * @throws {ProtocolError} ANNOUNCE_INVALID
 */
export function parseWanted(numwant: unknown): number {
  if (numwant === undefined || numwant === null || numwant === "") return MAX_NUMWANT;
  const value = typeof numwant === "string" && /^-?\d{1,10}$/.test(numwant) ? Number(numwant) : numwant;
  if (typeof value !== "number" || !Number.isInteger(value)) throw invalid("numwant");
  return value < 0 ? MAX_NUMWANT : Math.min(value, MAX_NUMWANT);
}

/** @throws {ProtocolError} ANNOUNCE_INVALID */
export function parsePort(port: unknown): number {
  if (typeof port !== "string" || !/^\d{1,5}$/.test(port)) throw invalid("port");
  return whole("port", port, 1, 65_535);
}

function parseRequest(params: Readonly<Record<string, unknown>>, signature: string): TrackerAnnounce["request"] {
  const requestedAt = field(params, ANNOUNCE_KEYS.requestedAt, /^\d+$/, 13);
  if (requestedAt === null) throw invalid(ANNOUNCE_KEYS.requestedAt);
  const topUp = field(params, ANNOUNCE_KEYS.topUp, /^\d+(,\d+)*$/, MAX_TOP_UP * 11)?.split(",") ?? [];
  if (topUp.length > MAX_TOP_UP) throw invalid(ANNOUNCE_KEYS.topUp);
  const met = field(params, ANNOUNCE_KEYS.met, /^[\da-f]{40}(,[\da-f]{40})*$/, MAX_MET * 41)?.split(",") ?? [];
  return {
    requestedAt: whole(ANNOUNCE_KEYS.requestedAt, requestedAt, 0, MAX_UINT40),
    topUp: topUp.map((lane) => whole(ANNOUNCE_KEYS.topUp, lane, 0, MAX_UINT32)),
    met: met.map((key) => `0x${key}`),
    signature: `0x${signature}`,
  };
}

function field(
  params: Readonly<Record<string, unknown>>,
  key: string,
  pattern: RegExp,
  maxLength: number,
): string | null {
  const value = params[key];
  if (value === undefined) return null;
  if (typeof value !== "string" || value.length > maxLength || !pattern.test(value)) throw invalid(key);
  return value;
}

function whole(key: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (value < min || value > max) throw invalid(key);
  return value;
}

export function invalid(key: string): ProtocolError {
  return new ProtocolError("ANNOUNCE_INVALID", `malformed "${key}" in the announce`);
}

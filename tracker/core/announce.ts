import { ProtocolError } from "../../protocol/base/errors.ts";
import { MAX_UINT32, MAX_UINT40 } from "../../protocol/base/units.ts";
import type { TrackerAnnounce } from "../../protocol/http/operator.ts";
import { ANNOUNCE_KEYS, MAX_MET, MAX_TOP_UP } from "../../protocol/wire/announce.ts";

/**
 * What Floodgate adds to an announce (ANNOUNCE_KEYS, docs/protocol.md 6.1). All fields are null for
 * a plain BitTorrent client.
 */
export interface AnnounceFields {
  readonly accessToken: string | null;
  /** TCP port of the peer's libp2p listener. */
  readonly voucherPort: number | null;
  readonly request: TrackerAnnounce["request"];
}

const MAX_TOKEN_LENGTH = 1024;

/**
 * Reads the fields of an HTTP query or a WebSocket message.
 * @throws {ProtocolError} ANNOUNCE_INVALID
 */
export function parseAnnounceFields(params: Readonly<Record<string, unknown>>): AnnounceFields {
  const accessToken = field(params, ANNOUNCE_KEYS.token, /^[\x21-\x7e]+$/, MAX_TOKEN_LENGTH);
  const voucherPort = field(params, ANNOUNCE_KEYS.port, /^\d+$/, 5);
  const signature = field(params, ANNOUNCE_KEYS.signature, /^[0-9a-f]{128}$/, 128);
  return {
    accessToken,
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
 * Bytes left (BEP 3 `left`). A client that does not know the size yet has everything left.
 * @throws {ProtocolError} ANNOUNCE_INVALID
 */
export function parseBytesLeft(left: number): number {
  if (left === Number.POSITIVE_INFINITY) return Number.MAX_SAFE_INTEGER;
  if (!Number.isSafeInteger(left) || left < 0) throw invalid("left");
  return left;
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

function invalid(key: string): ProtocolError {
  return new ProtocolError("ANNOUNCE_INVALID", `malformed "${key}" in the announce`);
}

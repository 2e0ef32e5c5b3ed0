import type { InfoHash } from "../../protocol/base/ids.ts";
import {
  type Announce,
  invalid,
  parseAnnounceFields,
  parseBytesLeft,
  parseEvent,
  parsePort,
  parseWanted,
} from "../core/announce.ts";

/** The query of an announce or a scrape (BEP 3, 48): values as they were sent, percent-encoded. */
export interface Query {
  readonly fields: Readonly<Record<string, string>>;
  /** `info_hash` may stand there many times. */
  readonly infoHashes: readonly string[];
}

const MAX_FIELDS = 40;

/** @throws {ProtocolError} ANNOUNCE_INVALID: a field is there twice, or there are too many */
export function parseQuery(text: string): Query {
  const fields: Record<string, string> = Object.create(null);
  const infoHashes: string[] = [];
  let count = 0;
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf("&", at);
    if (end < 0) end = text.length;
    const equals = text.indexOf("=", at);
    const keyEnd = equals < 0 || equals > end ? end : equals;
    const key = text.slice(at, keyEnd);
    const value = text.slice(Math.min(keyEnd + 1, end), end);
    at = end + 1;
    if (key === "info_hash") infoHashes.push(value);
    else if (key in fields || ++count > MAX_FIELDS) throw invalid(key.slice(0, 20).replace(/[^\w]/g, "?"));
    else fields[key] = value;
  }
  return { fields, infoHashes };
}

/** @throws {ProtocolError} ANNOUNCE_INVALID */
export function parseAnnounce({ fields, infoHashes }: Query): Announce {
  const infoHash = infoHashes.length === 1 ? infoHashOf(infoHashes[0] as string) : null;
  if (infoHash === null) throw invalid("info_hash");
  const peerId = decodeBytes(fields.peer_id ?? "", 20);
  if (peerId === null) throw invalid("peer_id");
  return {
    infoHash,
    peerId,
    port: parsePort(fields.port),
    bytesLeft: parseBytesLeft(fields.left),
    event: parseEvent(fields.event),
    wanted: parseWanted(fields.numwant),
    ...parseAnnounceFields(unescaped(fields)),
  };
}

/** Null: not 20 bytes. */
export function infoHashOf(value: string): InfoHash | null {
  return decodeBytes(value, 20)?.toString("hex") ?? null;
}

/** Exactly `length` bytes of percent-encoded text; null: not so many, or no such text. */
function decodeBytes(text: string, length: number): Buffer | null {
  const bytes = Buffer.allocUnsafe(length);
  let count = 0;
  for (let i = 0; i < text.length; count++) {
    if (count === length) return null;
    const code = text.charCodeAt(i);
    if (code !== 0x25) {
      if (code > 0xff) return null;
      bytes[count] = code;
      i++;
    } else {
      const value = 16 * digit(text.charCodeAt(i + 1)) + digit(text.charCodeAt(i + 2));
      // NaN, when a digit is none.
      if (!(value >= 0)) return null;
      bytes[count] = value;
      i += 3;
    }
  }
  return count === length ? bytes : null;
}

/** NaN: no hex digit. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/** Floodgate's fields are ASCII; a comma may come as %2C. Other fields are left as they are. */
function unescaped(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let result = fields;
  for (const key in fields) {
    const value = fields[key] as string;
    if (!key.startsWith("fg_") || !value.includes("%")) continue;
    if (result === fields) result = { ...fields };
    (result as Record<string, string>)[key] = value.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return result;
}

import { ProtocolError } from "../base/errors.ts";

/**
 * Strict bencode decoder (BEP 3) for what remotes send. The `bencode` package accepts negative
 * string lengths, on which it loops forever, and spellings that hash differently when encoded
 * again; it stays our encoder.
 */
export type Bencoded = bigint | Uint8Array | readonly Bencoded[] | BencodedDictionary;

export interface BencodedDictionary {
  /** Keys as Latin-1 text, byte for byte. */
  readonly entries: ReadonlyMap<string, Bencoded>;
  /** The dictionary's own bytes, as they stood in the input. */
  readonly bytes: Uint8Array;
}

/** Values that messages of peers and trackers may hold, keys included. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;
const MAX_INTEGER_DIGITS = 19;

const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const DICTIONARY = 0x64;
const END = 0x65;
const INTEGER = 0x69;
const LIST = 0x6c;

/**
 * Decodes one value that fills the input. `isCanonical`: dictionary keys must be sorted, as the
 * infohash requires. `maxValues`: an object takes 400 bytes, and its text only two, so values are
 * counted before any is made.
 * @throws {ProtocolError} BENCODE_INVALID
 */
export function decodeBencode(bytes: Uint8Array, isCanonical: boolean, maxValues = MAX_VALUES): Bencoded {
  if (hasMoreValues(bytes, maxValues))
    throw new ProtocolError("BENCODE_INVALID", `not bencode: more than ${maxValues} values`);
  let at = 0;

  const fail = (what: string): never => {
    throw new ProtocolError("BENCODE_INVALID", `not bencode: ${what} at byte ${at}`);
  };
  /** Digits up to `end`, without leading zeros. */
  const digits = (end: number, most: number): string => {
    const start = at;
    while (at < bytes.length && at - start <= most && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE)
      at++;
    const text = String.fromCharCode(...bytes.subarray(start, at));
    if (text === "" || text.length > most || (text.length > 1 && text.startsWith("0"))) fail("a malformed number");
    if (bytes[at] !== end) fail("a number without its end");
    at++;
    return text;
  };
  const string = (): Uint8Array => {
    const length = Number(digits(COLON, 10));
    if (length > bytes.length - at) fail("a string that is cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const value = (depth: number): Bencoded => {
    if (depth > MAX_DEPTH) fail("nesting that is too deep");
    const start = at;
    switch (bytes[at]) {
      case INTEGER: {
        at++;
        const isNegative = bytes[at] === MINUS;
        if (isNegative) at++;
        const number = BigInt(digits(END, MAX_INTEGER_DIGITS));
        if (isNegative && number === 0n) fail("a negative zero");
        return isNegative ? -number : number;
      }
      case LIST: {
        at++;
        const list: Bencoded[] = [];
        while (bytes[at] !== END) list.push(value(depth + 1));
        at++;
        return list;
      }
      case DICTIONARY: {
        at++;
        const entries = new Map<string, Bencoded>();
        let previous: string | null = null;
        while (bytes[at] !== END) {
          const key = latin1(string());
          if (entries.has(key)) fail("a key that stands twice");
          if (isCanonical && previous !== null && key < previous) fail("keys that are not sorted");
          entries.set(key, value(depth + 1));
          previous = key;
        }
        at++;
        return { entries, bytes: bytes.subarray(start, at) };
      }
      default:
        return string();
    }
  };

  const decoded = value(0);
  if (at !== bytes.length) fail("more bytes after the end");
  return decoded;
}

/** Stops at the first byte that cannot be: the decoder says what is wrong there. */
function hasMoreValues(bytes: Uint8Array, most: number): boolean {
  let values = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at++] as number;
    if (byte === END) continue;
    if (++values > most) return true;
    if (byte === LIST || byte === DICTIONARY) continue;
    if (byte === INTEGER) {
      const end = bytes.indexOf(END, at);
      if (end === -1) return false;
      at = end + 1;
      continue;
    }
    let length = byte - ZERO;
    for (; bytes[at] !== COLON; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return false;
      length = 10 * length + digit;
    }
    if (length < 0) return false;
    at += 1 + length;
  }
  return false;
}

export function isDictionary(value: Bencoded | undefined): value is BencodedDictionary {
  return (
    typeof value === "object" && !(value instanceof Uint8Array) && "entries" in value && value.entries instanceof Map
  );
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** A bencoded value (BEP 3). */
export type Bencoded = bigint | Uint8Array | readonly Bencoded[] | BencodedDictionary;

export class BencodedDictionary {
  readonly entries: ReadonlyMap<string, Bencoded>;
  /** As they stood in the input: an infohash is theirs. */
  readonly bytes: Uint8Array;

  constructor(entries: ReadonlyMap<string, Bencoded>, bytes: Uint8Array) {
    this.entries = entries;
    this.bytes = bytes;
  }
}

/** A `.torrent` nests files in lists of dictionaries of lists. */
const MAX_DEPTH = 16;

interface Read {
  readonly value: Bencoded;
  readonly end: number;
}

/** Reads one value that fills the input. Null if it is none. */
export function readBencode(bytes: Uint8Array): Bencoded | null {
  const read = readValue(bytes, 0, 0);
  return read === null || read.end !== bytes.length ? null : read.value;
}

function readValue(bytes: Uint8Array, at: number, depth: number): Read | null {
  if (depth > MAX_DEPTH) return null;
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case "i":
      return readNumber(bytes, at + 1, "e");
    case "l": {
      const items = readItems(bytes, at + 1, depth + 1);
      return items && { value: items.values, end: items.end };
    }
    case "d": {
      const items = readItems(bytes, at + 1, depth + 1);
      const entries = items && toEntries(items.values);
      return entries && { value: new BencodedDictionary(entries, bytes.subarray(at, items.end)), end: items.end };
    }
    default: {
      const length = readNumber(bytes, at, ":");
      if (length === null || length.value < 0n || length.value > bytes.length - length.end) return null;
      const end = length.end + Number(length.value);
      return { value: bytes.subarray(length.end, end), end };
    }
  }
}

function readItems(bytes: Uint8Array, at: number, depth: number): { values: Bencoded[]; end: number } | null {
  const values: Bencoded[] = [];
  let end = at;
  while (bytes[end] !== "e".charCodeAt(0)) {
    const read = readValue(bytes, end, depth);
    if (read === null) return null;
    values.push(read.value);
    end = read.end;
  }
  return { values, end: end + 1 };
}

function readNumber(bytes: Uint8Array, at: number, stop: "e" | ":"): { value: bigint; end: number } | null {
  // More digits than a size has.
  const text = Buffer.from(bytes.subarray(at, at + 20)).toString("latin1");
  const digits = text.slice(0, Math.max(0, text.indexOf(stop)));
  return /^(0|-?[1-9]\d*)$/.test(digits) ? { value: BigInt(digits), end: at + digits.length + 1 } : null;
}

function toEntries(values: readonly Bencoded[]): Map<string, Bencoded> | null {
  if (values.length % 2 !== 0) return null;
  const entries = new Map<string, Bencoded>();
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i];
    if (!(key instanceof Uint8Array)) return null;
    entries.set(Buffer.from(key).toString("latin1"), values[i + 1] as Bencoded);
  }
  return entries;
}

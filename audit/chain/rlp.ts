/** Bytes, or a list of such: Ethereum Yellow Paper, appendix B. */
export type Rlp = Uint8Array | readonly Rlp[];

export function encodeRlp(value: Rlp): Buffer {
  if (!(value instanceof Uint8Array)) {
    const body = Buffer.concat(value.map(encodeRlp));
    return Buffer.concat([prefix(0xc0, body.length), body]);
  }
  const isOwnPrefix = value.length === 1 && (value[0] as number) < 0x80;
  return Buffer.concat(isOwnPrefix ? [value] : [prefix(0x80, value.length), value]);
}

function prefix(offset: number, length: number): Buffer {
  if (length < 56) return Buffer.of(offset + length);
  const bytes = bytesOf(length.toString(16));
  return Buffer.concat([Buffer.of(offset + 55 + bytes.length), bytes]);
}

/** A number without leading zeros: zero is no byte at all. */
export function numberBytes(value: bigint | number | null): Buffer {
  return value === null || BigInt(value) === 0n ? Buffer.alloc(0) : bytesOf(BigInt(value).toString(16));
}

function bytesOf(digits: string): Buffer {
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
}

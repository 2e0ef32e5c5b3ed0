import { hexToBytes } from "../../protocol/base/bytes.ts";
import { joinBytes } from "../facts/join-bytes.ts";

/** Bytes, or a list of such: Ethereum Yellow Paper, appendix B. */
export type Rlp = Uint8Array | readonly Rlp[];

export function encodeRlp(value: Rlp): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    const body = joinBytes(value.map(encodeRlp));
    return joinBytes([prefix(0xc0, body.length), body]);
  }
  const isOwnPrefix = value.length === 1 && (value[0] as number) < 0x80;
  return isOwnPrefix ? value : joinBytes([prefix(0x80, value.length), value]);
}

function prefix(offset: number, length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(offset + length);
  const bytes = bytesOf(length.toString(16));
  return joinBytes([Uint8Array.of(offset + 55 + bytes.length), bytes]);
}

/** A number without leading zeros: zero is no byte at all. */
export function numberBytes(value: bigint | number | null): Uint8Array {
  return value === null || BigInt(value) === 0n ? new Uint8Array() : bytesOf(BigInt(value).toString(16));
}

function bytesOf(digits: string): Uint8Array {
  return hexToBytes(digits.length % 2 === 0 ? digits : `0${digits}`);
}

import type { Wire } from "webtorrent";
import { MAX_REQUEST_BYTES } from "../../../protocol/base/constants.ts";
import { countRead } from "../../heap-growth.ts";

/**
 * Reads blocks straight into the piece that they belong to. The library first collects a whole
 * message, by joining what it has with every chunk that arrives. For long blocks that copies each
 * byte several times, and leaves the copies to the garbage collector. Everything but the blocks
 * that we asked for goes through the library.
 */

/** BEP 3: length 4, id 1, index 4, begin 4. */
const HEADER_BYTES = 13;
const PIECE_ID = 7;

export function installBlockReader(
  wire: Wire,
  /** Where a block that we asked for belongs, or null. */
  target: (piece: number, offset: number, length: number) => Uint8Array | null,
): void {
  const base = wire._write.bind(wire);
  const nothing = (): void => undefined;
  let block: { readonly piece: number; readonly offset: number; readonly bytes: Uint8Array; filled: number } | null =
    null;

  /** A block's header at the start of a message, if it is one that we asked for. */
  const readHeader = (bytes: Uint8Array): typeof block => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    const length = view.getUint32(0) - (HEADER_BYTES - 4);
    if (bytes[4] !== PIECE_ID || length <= 0 || length > MAX_REQUEST_BYTES) return null;
    const [piece, offset] = [view.getUint32(5), view.getUint32(9)];
    const isAsked = wire.requests.some((one) => one.piece === piece && one.offset === offset && one.length === length);
    const found = isAsked ? target(piece, offset, length) : null;
    return found && { piece, offset, bytes: found, filled: 0 };
  };

  /** Consumes the start of `data`; returns the rest. */
  const read = (data: Uint8Array): Uint8Array => {
    if (block) {
      const part = data.subarray(0, block.bytes.length - block.filled);
      block.bytes.set(part, block.filled);
      block.filled += part.length;
      if (block.filled === block.bytes.length) {
        const { piece, offset, bytes } = block;
        block = null;
        wire._onPiece(piece, offset, bytes);
      }
      return data.subarray(part.length);
    }
    const isBoundary = wire._bufferSize === 0 && wire._parser === wire._onMessageLength;
    if (isBoundary && data.length >= HEADER_BYTES) {
      block = readHeader(data);
      if (block) return data.subarray(HEADER_BYTES);
    }
    // One step of the library's parser: the rest of its message, or a message's length.
    const part = data.subarray(0, Math.max(1, wire._parserSize - wire._bufferSize));
    base(part, nothing);
    return data.subarray(part.length);
  };

  wire._write = (data, done) => {
    countRead(data.length);
    // The handshake, and anything encrypted.
    if (wire._encryptor || (wire._parser !== wire._onMessageLength && wire._parser !== wire._onMessage)) {
      base(data, done);
      return;
    }
    for (let rest = data; rest.length > 0 && !wire.destroyed; ) rest = read(rest);
    done(null);
  };
}

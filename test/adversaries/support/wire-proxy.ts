import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * Someone on the path between a downloader and an uploader: reads their BitTorrent wire, and may
 * add to it.
 */
export interface WireProxy extends AsyncDisposable {
  readonly port: number;
  /** Bytes of the uploader's side, protocol included. */
  readonly copiedBytes: number;
  /** Puts messages of its own among those of the downloader, on every connection. */
  inject(message: Uint8Array): void;
}

/** BEP 3: protocol name, reserved bytes, infohash, peer id. */
const HANDSHAKE_BYTES = 68;

export async function startWireProxy(targetPort: number): Promise<WireProxy> {
  let copiedBytes = 0;
  const pairs = new Set<{
    readonly downloader: Socket;
    readonly uploader: Socket;
    pending: Buffer;
    isGreeted: boolean;
  }>();
  const server = createServer((downloader) => {
    const uploader = connect(targetPort, "127.0.0.1");
    const pair = { downloader, uploader, pending: Buffer.alloc(0), isGreeted: false };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      downloader.destroy();
      uploader.destroy();
    };
    for (const socket of [downloader, uploader]) socket.on("close", end).on("error", end);
    uploader.on("data", (chunk: Buffer) => {
      copiedBytes += chunk.length;
      downloader.write(chunk);
    });
    downloader.on("data", (chunk: Buffer) => {
      pair.pending = Buffer.concat([pair.pending, chunk]);
      // Whole messages only, so that there is room between two of them.
      for (let length = nextLength(pair); length !== null && length <= pair.pending.length; length = nextLength(pair)) {
        uploader.write(pair.pending.subarray(0, length));
        pair.pending = pair.pending.subarray(length);
        pair.isGreeted = true;
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get copiedBytes() {
      return copiedBytes;
    },
    inject(message) {
      for (const { uploader, isGreeted } of pairs) if (isGreeted) uploader.write(message);
    },
    async [Symbol.asyncDispose]() {
      for (const { downloader } of pairs) downloader.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function nextLength({ pending, isGreeted }: { readonly pending: Buffer; readonly isGreeted: boolean }): number | null {
  if (!isGreeted) return HANDSHAKE_BYTES;
  return pending.length < 4 ? null : 4 + pending.readUInt32BE(0);
}

/** BEP 3, "request". */
export function requestMessage(piece: number, offset: number, length: number): Uint8Array {
  const message = Buffer.alloc(17);
  message.writeUInt32BE(13, 0);
  message.writeUInt8(6, 4);
  message.writeUInt32BE(piece, 5);
  message.writeUInt32BE(offset, 9);
  message.writeUInt32BE(length, 13);
  return message;
}

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createLink, type LinkSpeed } from "./link.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * What the simulated link carries by itself: bytes a second of one plain TCP connection, from the
 * first byte that arrives to the last. No client can have more of it.
 */
export async function measureBareLink(speed: LinkSpeed, bytes: number): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const server = createServer((socket) => {
    let left = bytes;
    const fill = (): void => {
      while (left > 0) {
        left -= CHUNK_BYTES;
        if (!socket.write(chunk)) return;
      }
      socket.end();
    };
    socket.on("drain", fill);
    socket.on("error", () => undefined);
    fill();
  });
  stack.defer(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const link = stack.use(createLink(speed));
  const port = await link.portTo((server.address() as { port: number }).port);
  const socket = connect({ port, host: "127.0.0.1" });
  let [startedAt, firstBytes, received] = [0, 0, 0];
  socket.on("data", (data: Buffer) => {
    if (startedAt === 0) [startedAt, firstBytes] = [performance.now(), data.length];
    received += data.length;
  });
  await once(socket, "close");
  return (received - firstBytes) / ((performance.now() - startedAt) / 1_000);
}

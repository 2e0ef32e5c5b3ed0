import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A TCP port of the loopback that is free now: the authority must know the tracker's address before
 * the tracker runs.
 */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  server.close();
  await once(server, "close");
  return port;
}

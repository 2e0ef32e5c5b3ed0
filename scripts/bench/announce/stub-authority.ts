import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface StubAuthority {
  readonly url: string;
  readonly secret: string;
  stop(): void;
}

/** An authority to which every torrent is free. */
export async function startStubAuthority(): Promise<StubAuthority> {
  const free = { isKnown: true, isPaid: false, sizeBytes: 100, grant: null };
  const server = createServer(async (request, response) => {
    const { announces } = (await json(request)) as { announces: unknown[] };
    const reply = { now: 1_000, answers: announces.map(() => free) };
    response.setHeader("content-type", "application/json").end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret: "bench-of-announces",
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

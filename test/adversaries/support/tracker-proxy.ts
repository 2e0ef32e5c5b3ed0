import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Between a peer and the tracker, whose answers are cleartext, too: names one port of the loopback
 * instead of another.
 */
export interface TrackerProxy extends AsyncDisposable {
  readonly url: string;
}

export async function startTrackerProxy(trackerUrl: string, from: number, to: number): Promise<TrackerProxy> {
  const server = createServer(async (request, response) => {
    const { search } = new URL(request.url ?? "/", trackerUrl);
    const reply = await fetch(`${trackerUrl}${search}`);
    const body = Buffer.from(await reply.arrayBuffer());
    // Compact peers (BEP 23) keep their length.
    const [old, other] = [compact(from), compact(to)];
    for (let at = body.indexOf(old); at !== -1; at = body.indexOf(old, at + 6)) other.copy(body, at);
    response.writeHead(reply.status, { "content-type": "text/plain" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function compact(port: number): Buffer {
  return Buffer.from([127, 0, 0, 1, port >> 8, port & 0xff]);
}

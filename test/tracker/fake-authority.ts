import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { TrackerAnnounce, TrackerAnnounceReply } from "../../protocol/http/operator.ts";

export interface FakeAuthority {
  readonly url: string;
  readonly asked: TrackerAnnounce[];
  stop(): Promise<void>;
}

export const SECRET = "s3cret-of-the-operator";

/** The authority's one route that the tracker calls, over a real socket. `answer` decides. */
export async function startFakeAuthority(
  answer: (announce: TrackerAnnounce) => TrackerAnnounceReply,
): Promise<FakeAuthority> {
  const asked: TrackerAnnounce[] = [];
  const server = createServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${SECRET}`) response.writeHead(401).end();
    else {
      const announce = (await json(request)) as TrackerAnnounce;
      asked.push(announce);
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer(announce)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

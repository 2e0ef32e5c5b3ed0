import { once } from "node:events";
import { createServer } from "node:http";
import { ANNOUNCE_KEYS } from "../../../../protocol/wire/announce.ts";
import type { Link } from "./link.ts";

/**
 * The authority's tracker as peers behind a link see it: the ports that they announce are replaced
 * by ports that lead over the link.
 */
export async function startLinkedTracker(trackerUrl: string, link: Link): Promise<AsyncDisposable & { url: string }> {
  const replace = async (query: string, key: string): Promise<string> => {
    const port = new RegExp(`(?<=[?&]${key}=)\\d+`).exec(query)?.[0];
    if (port === undefined) return query;
    return query.replace(new RegExp(`([?&]${key}=)\\d+`), `$1${await link.portTo(Number(port))}`);
  };
  const forward = async (url: string): Promise<Buffer> => {
    const query = await replace(await replace(url.slice(url.indexOf("?")), "port"), ANNOUNCE_KEYS.port);
    const response = await fetch(trackerUrl + query);
    return Buffer.from(await response.arrayBuffer());
  };
  const server = createServer((request, response) => {
    forward(request.url ?? "").then(
      (body) => response.end(body),
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/announce`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

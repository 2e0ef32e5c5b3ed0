import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface FakeHttp extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** An HTTP server that answers every request alike: what `answer` makes of path and body. */
export async function startFakeHttp(
  answer: (path: string, body: string) => { readonly status?: number; readonly type?: string; readonly body: string },
): Promise<FakeHttp> {
  const server = createServer(async (request, response) => {
    const { status = 200, type = "application/json", body } = answer(request.url ?? "", await text(request));
    response.writeHead(status, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A node that knows these answers and no others. */
export function startFakeRpc(results: Readonly<Record<string, unknown>>): Promise<FakeHttp> {
  return startFakeHttp((_path, body) => {
    const reply = (request: { id: unknown; method: string }) =>
      request.method in results
        ? { jsonrpc: "2.0", id: request.id, result: results[request.method] }
        : { jsonrpc: "2.0", id: request.id, error: { code: -32601, message: `no ${request.method} here` } };
    const request = JSON.parse(body);
    return { body: JSON.stringify(Array.isArray(request) ? request.map(reply) : reply(request)) };
  });
}

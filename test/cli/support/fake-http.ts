import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface RpcRequest {
  readonly id: unknown;
  readonly method: string;
  readonly params?: readonly { readonly data?: string }[];
}

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

/** A node that knows these answers and no others; `calls`: by the function's selector. */
export function startFakeRpc(
  results: Readonly<Record<string, unknown>>,
  calls: Readonly<Record<string, string>> = {},
): Promise<FakeHttp> {
  return startFakeHttp((_path, body) => {
    const resultOf = ({ method, params }: RpcRequest): unknown =>
      method === "eth_call" ? calls[String(params?.[0]?.data).slice(0, 10)] : results[method];
    const reply = (request: RpcRequest) =>
      resultOf(request) !== undefined
        ? { jsonrpc: "2.0", id: request.id, result: resultOf(request) }
        : { jsonrpc: "2.0", id: request.id, error: { code: -32601, message: `no ${request.method} here` } };
    const request = JSON.parse(body);
    return { body: JSON.stringify(Array.isArray(request) ? request.map(reply) : reply(request)) };
  });
}

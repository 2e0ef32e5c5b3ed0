import { BaseError, HttpRequestError, http, RpcRequestError, TimeoutError } from "viem";

/** One node of the chain, by its JSON-RPC. */
export interface Node {
  /** Names it in logs; the URL may hold a key, so only its host is told. */
  readonly name: string;
  /** @throws {NodeRefusal} it has answered with an error @throws {NodeFault} it has not answered */
  request(method: string, params: unknown): Promise<unknown>;
}

/** A node's own error, such as a revert. Shaped as viem expects it of a provider. */
export class NodeRefusal extends Error {
  override readonly name = "NodeRefusal";
  readonly code: number;
  readonly data: unknown;

  constructor(message: string, code: number, data: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** No answer, or none that means anything. */
export class NodeFault extends Error {
  override readonly name = "NodeFault";
  /** With one that viem knows, it does not ask again. */
  readonly code?: number;

  constructor(message: string, code?: number) {
    super(message);
    if (code !== undefined) this.code = code;
  }
}

/** viem's ResourceUnavailable (EIP-1474). */
const HANGS = -32002;

/** Of one request. A node that takes longer is as good as away. */
const TIMEOUT_MS = 10_000;

/** Names are told apart where hosts are the same. */
export function createNodes(urls: readonly string[]): Node[] {
  const hosts = urls.map((url) => new URL(url).host);
  return urls.map((url, index) => {
    const host = hosts[index] as string;
    const isShared = hosts.filter((other) => other === host).length > 1;
    return createNode(url, isShared ? `${host} (${index + 1})` : host);
  });
}

function createNode(url: string, name: string): Node {
  const transport = http(url, { retryCount: 0, timeout: TIMEOUT_MS })({});
  return {
    name,
    async request(method, params) {
      try {
        return await transport.request({ method, params } as never);
      } catch (error) {
        throw toOwn(error, url);
      }
    },
  };
}

/** Errors without the URL: they end up in logs. */
function toOwn(error: unknown, url: string): Error {
  if (!(error instanceof BaseError)) return new NodeFault("it sends no JSON-RPC");
  const find = <E extends Error>(kind: abstract new (...args: never[]) => E): E | null =>
    error.walk((one) => one instanceof kind) as E | null;
  const refusal = find(RpcRequestError);
  if (refusal !== null) return new NodeRefusal(scrub(refusal.details, url), refusal.code, refusal.data);
  if (find(TimeoutError) !== null) return new NodeFault(`no answer in ${TIMEOUT_MS / 1_000} s`, HANGS);
  const status = find(HttpRequestError)?.status;
  return new NodeFault(status === undefined ? "it cannot be reached" : `HTTP status ${status}`);
}

function scrub(text: string, url: string): string {
  const { pathname, search } = new URL(url);
  const parts = [url, pathname, search].filter((part) => part.length > 1);
  return parts.reduce((clean, part) => clean.replaceAll(part, "[...]"), text).slice(0, 300);
}

import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { AccessError, FloodgateError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { PROBLEM_TYPE, problem, problemOf } from "../problems.ts";
import { hostsOf, isToken, SAFE_HEADERS, TOKEN_BYTES } from "../stream/access.ts";
import { answerOf, sendFile } from "../stream/send-file.ts";
import type { ProxiedContents, ProxiedFile } from "./proxied-contents.ts";

/**
 * Paid contents as plain HTTP on the loopback, for programs that know nothing of Floodgate: ranges
 * (RFC 9110, section 14), HEAD, ETag, and the form of web seeds (BEP 19). The token is in the path,
 * `/TOKEN/ID/FILE`, or the password of Basic authentication, `/ID/FILE`.
 */
export interface ProxyServer {
  /** With the token; contents are below it. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 256;
const MAX_PARAMETER_LENGTH = 4_096;

/** @throws {InputError} PORT_UNUSABLE */
export async function startProxyServer(
  contents: Pick<ProxiedContents, "find" | "buy">,
  { port, onFault }: { readonly port: number; readonly onFault: (error: unknown) => void },
): Promise<ProxyServer> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  let hosts: readonly string[] = [];
  const server = fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  });
  server.server.maxConnections = MAX_CONNECTIONS;
  server.addHook("onRequest", async ({ method, headers }, reply) => {
    reply.headers(SAFE_HEADERS);
    if (!hosts.includes(headers.host ?? ""))
      throw new AccessError("FORBIDDEN", "this proxy serves contents of Floodgate only, under its own address");
    if (method === "GET" || method === "HEAD") return;
    reply.header("allow", "GET, HEAD");
    throw new InputError("METHOD_WRONG", "only GET and HEAD are answered");
  });
  server.setErrorHandler((error, _request, reply) => {
    const answer = problemOf(error);
    if (answer.status >= 500 && !(error instanceof FloodgateError)) onFault(error);
    if (answer.status === 401) reply.header("www-authenticate", 'Basic realm="floodgate"');
    const costs = error instanceof PaymentError ? error.details : {};
    return reply
      .status(answer.status)
      .type(PROBLEM_TYPE)
      .send({ ...answer, ...costs });
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.status(404).type(PROBLEM_TYPE).send(problem("ROUTE_UNKNOWN", "there is nothing here: /TOKEN/ID/FILE")),
  );
  addRoutes(server, contents, (given) => isToken(given, token), onFault);
  try {
    await server.listen({ host: HOST, port });
  } catch (cause) {
    throw new InputError("PORT_UNUSABLE", `cannot listen on ${HOST}:${port}: choose another --port`, { cause });
  }
  const { port: actual } = server.server.address() as AddressInfo;
  hosts = hostsOf(actual);
  return { url: `http://${HOST}:${actual}/${token}/`, close: () => server.close() };
}

interface Params {
  readonly first: string;
  readonly "*": string;
}

function addRoutes(
  server: FastifyInstance,
  contents: Pick<ProxiedContents, "find" | "buy">,
  isOurs: (token: string) => boolean,
  onFault: (error: unknown) => void,
): void {
  server.route<{ Params: Params }>({
    method: ["GET", "HEAD"],
    url: "/:first/*",
    async handler(request, reply) {
      const { first, "*": rest } = request.params;
      const isNamed = isOurs(first);
      if (!isNamed && !isOurs(passwordOf(request.headers.authorization)))
        throw new AccessError("API_TOKEN_INVALID", "put the proxy's token into the path, or give it as the password");
      const [id = "", ...path] = (isNamed ? rest : `${first}/${rest}`).split("/");
      if (!/^[0-9a-f]{8,40}$/.test(id))
        throw new AccessError("ROUTE_UNKNOWN", "give an id, and a file's name: /ID/FILE");
      return send(contents, await contents.find(id, path.join("/")), request, reply, onFault);
    },
  });
}

async function send(
  contents: Pick<ProxiedContents, "buy">,
  found: ProxiedFile,
  request: FastifyRequest,
  reply: FastifyReply,
  onFault: (error: unknown) => void,
): Promise<FastifyReply> {
  reply.header("floodgate-price-per-gib", found.pricePerGiB.toString());
  reply.header("floodgate-cost", found.cost.toString());
  if (request.headers["if-none-match"] === found.etag) return reply.code(304).header("etag", found.etag).send();
  const answer = answerOf(found, request);
  const isBody = request.method === "GET" && answer.range !== null;
  const bought = isBody && answer.range ? await contents.buy(found, answer.range) : { done: () => undefined };
  return sendFile({ ...found, onProblem: onFault, onEnd: bought.done }, answer, request, reply);
}

/** RFC 7617; empty: there is none. */
function passwordOf(authorization: string | undefined): string {
  const [, encoded = ""] = /^Basic ([A-Za-z0-9+/=]{1,512})$/i.exec(authorization ?? "") ?? [];
  const text = Buffer.from(encoded, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}

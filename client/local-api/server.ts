import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import swagger from "@fastify/swagger";
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import { AccessError, InputError } from "../../protocol/base/errors.ts";
import { PROBLEM_TYPE, problem, problemOf } from "../problems.ts";
import { hostsOf, isToken } from "../stream/access.ts";
import type { Endpoint } from "./endpoint.ts";
import { addMoneyRoutes } from "./money-routes.ts";
import { addContentRoutes, addPeerRoutes, type LocalPeer, type Server, tokenMissing } from "./routes.ts";

/**
 * The API of a running peer, on the loopback (OpenAPI at /openapi.json). Each request shows the
 * token of the home; its `Host` and `Origin` name this server, so no web site can speak to it, also
 * not by a name that was made to point here (DNS rebinding).
 */
export interface LocalApi {
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const TOKEN_BYTES = 32;
const MAX_BODY_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 64;
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** @throws {InputError} PORT_UNUSABLE */
export async function startLocalApi(
  local: LocalPeer,
  { port, onFault }: { readonly port: number; readonly onFault: (error: unknown) => void },
): Promise<LocalApi> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  let hosts: readonly string[] = [];
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    forceCloseConnections: true,
    logger: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.server.maxConnections = MAX_CONNECTIONS;
  // Before the body is read.
  server.addHook("onRequest", async ({ headers, url }, reply) => {
    reply.headers(SAFE_HEADERS);
    refuseStrangers(headers, hosts);
    const given = /^Bearer ([A-Za-z0-9_-]{1,128})$/.exec(headers.authorization ?? "")?.[1];
    if (given === undefined || !isToken(given, token)) throw tokenMissing();
    if (url.length > MAX_BODY_BYTES) throw new InputError("REQUEST_INVALID", "the address is too long");
  });
  server.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error);
    if (answer.status >= 500) onFault(error);
    // What is left of its body is not read.
    if (!request.raw.complete) reply.header("connection", "close");
    return reply.status(answer.status).type(PROBLEM_TYPE).send(answer);
  });
  server.setNotFoundHandler(({ method, url }, reply) => {
    const what = `there is no ${method} ${url.split("?")[0]?.slice(0, 80)}: see /openapi.json`;
    return reply.status(404).type(PROBLEM_TYPE).send(problem("ROUTE_UNKNOWN", what));
  });
  await addRoutes(server as unknown as Server, local);
  try {
    await server.listen({ host: HOST, port });
  } catch (cause) {
    throw new InputError("PORT_UNUSABLE", `cannot listen on ${HOST}:${port}: choose another --api-port`, { cause });
  }
  const { port: actual } = server.server.address() as AddressInfo;
  hosts = hostsOf(actual);
  return {
    endpoint: { url: `http://${HOST}:${actual}/`, token, pid: process.pid },
    close: () => server.close(),
  };
}

/** The routes with their description; also for the generated documents. */
async function addRoutes(server: Server, local: LocalPeer): Promise<void> {
  await server.register(swagger, {
    openapi: {
      info: { title: "Floodgate peer", version: local.run.account.network.info.version },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "of peer.json" } } },
      security: [{ token: [] }],
    },
  });
  await server.register(async (scope) => {
    addContentRoutes(scope as unknown as Server, local);
    addPeerRoutes(scope as unknown as Server, local);
    addMoneyRoutes(scope as unknown as Server, local);
  });
  server.get("/openapi.json", { schema: { hide: true } }, () => server.swagger());
}

/** @throws {AccessError} FORBIDDEN */
function refuseStrangers(headers: IncomingHttpHeaders, hosts: readonly string[]): void {
  const isOurs = hosts.includes(headers.host ?? "");
  const isSame = headers.origin === undefined || hosts.some((host) => headers.origin === `http://${host}`);
  const site = headers["sec-fetch-site"];
  const isNear = site === undefined || site === "same-origin" || site === "none";
  if (!isOurs || !isSame || !isNear)
    throw new AccessError("FORBIDDEN", "this server answers programs of this machine only, under its own address");
}

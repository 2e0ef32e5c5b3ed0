import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import swagger from "@fastify/swagger";
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify, { type FastifyInstance } from "fastify";
import { InputError } from "../../protocol/base/errors.ts";
import { PROBLEM_TYPE, problem, problemOf } from "../problems.ts";
import { hostsOf } from "../stream/access.ts";
import { type Callers, judgeCaller } from "./callers.ts";
import { addDetailRoutes } from "./detail-routes.ts";
import type { Endpoint } from "./endpoint.ts";
import { addEventRoutes } from "./live-events.ts";
import { addMediaRoutes } from "./media-routes.ts";
import { addMoneyRoutes } from "./money-routes.ts";
import { createPageLogins } from "./page-logins.ts";
import { addPageRoutes, type PageSource } from "./page-routes.ts";
import { addContentRoutes, addPeerRoutes, type LocalPeer, type Server } from "./routes.ts";

/**
 * The API of a running peer, on the loopback (OpenAPI at /openapi.json), and its page. Each request
 * shows the token of the home, or comes from a page that has logged in. Its `Host` and `Origin`
 * name this server, so no web site can speak to it, also not by a name that was made to point here
 * (DNS rebinding).
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
  "x-frame-options": "DENY",
};

interface Options {
  readonly port: number;
  readonly onFault: (error: unknown) => void;
  /** Null: it has no page. */
  readonly pages: PageSource | null;
}

/** @throws {InputError} PORT_UNUSABLE */
export async function startLocalApi(local: LocalPeer, { port, onFault, pages }: Options): Promise<LocalApi> {
  const token = newSecret();
  let hosts: readonly string[] = [];
  const server = await createApi(local, { scheme: "http", tls: null, hosts: () => hosts, token, onFault, pages });
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

export interface ApiOptions extends Pick<Options, "onFault" | "pages">, Pick<Callers, "scheme" | "hosts" | "token"> {
  /** Key and certificate in PEM; null: plain HTTP, which is for the loopback alone. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
}

/** The API and the page, for whoever listens with it. */
export async function createApi(local: LocalPeer, options: ApiOptions): Promise<FastifyInstance> {
  const { scheme, tls, hosts, token, onFault, pages } = options;
  const callers = { scheme, hosts, token, logins: createPageLogins(local.nowMs, newSecret) };
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(tls === null
      ? { http: { headersTimeout: HEADERS_TIMEOUT_MS } }
      : {
          https: {
            ...tls,
            minVersion: "TLSv1.3",
            handshakeTimeout: HEADERS_TIMEOUT_MS,
            headersTimeout: HEADERS_TIMEOUT_MS,
          },
        }),
    forceCloseConnections: true,
    logger: false,
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as FastifyInstance;
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.server.maxConnections = MAX_CONNECTIONS;
  // Before the body is read.
  server.addHook("onRequest", async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    judgeCaller(request, callers);
    if (request.url.length > MAX_BODY_BYTES) throw new InputError("REQUEST_INVALID", "the address is too long");
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
  await addRoutes(server as unknown as Server, local, (scope) => {
    addMediaRoutes(scope, local, onFault);
    addPageRoutes(scope, { ...callers, pages });
  });
  return server;
}

function newSecret(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** The routes with their description; also for the generated documents. */
async function addRoutes(server: Server, local: LocalPeer, addOfPage: (scope: Server) => void): Promise<void> {
  await server.register(swagger, {
    openapi: {
      info: { title: "Floodgate peer", version: local.run.account.network.info.version },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "of peer.json" } } },
      security: [{ token: [] }],
    },
  });
  await server.register(async (scope) => {
    const routes = scope as unknown as Server;
    addContentRoutes(routes, local);
    addDetailRoutes(routes, local);
    addPeerRoutes(routes, local);
    addEventRoutes(routes, local);
    addMoneyRoutes(routes, local);
    addOfPage(routes);
  });
  server.get("/openapi.json", { schema: { hide: true } }, () => server.swagger());
}

import swagger from "@fastify/swagger";
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import { MAX_JSON_BYTES } from "../../protocol/base/constants.ts";
import { InvariantError } from "../../protocol/base/errors.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { Context } from "../context.ts";
import type { Charges } from "../funding/charges.ts";
import { addBodyDigest } from "./body-digest.ts";
import { addGate } from "./gate.ts";
import { limitConnections } from "./limits/connections.ts";
import { createRequestLimits } from "./limits/request-limits.ts";
import { DATA_HEADERS } from "./pages/headers.ts";
import { addPages } from "./pages/pages.ts";
import { PROBLEM_TYPE, problem, problemOf, retryAfterOf } from "./problems.ts";
import { addAccountRoutes } from "./routes/accounts.ts";
import { addBundleRoutes } from "./routes/bundles.ts";
import { addLoginRoutes } from "./routes/login.ts";
import { addOperatorRoutes } from "./routes/operator.ts";
import { addPaymentRoutes } from "./routes/payments.ts";
import { addPublicRoutes } from "./routes/public.ts";
import type { Server } from "./routes/route.ts";
import { addSponsorRoutes } from "./routes/sponsors.ts";
import { addTimelineRoutes } from "./routes/timeline.ts";
import { addTorrentRoutes } from "./routes/torrents.ts";

/** Of a whole request: 10 MiB of metainfo over a slow line. */
const REQUEST_TIMEOUT_MS = 120_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that are too slow. */
const CHECK_MS = 2_000;
const KEEP_ALIVE_MS = 20_000;
/** What is left of a refused request is read up to here, so that its sender sees the answer. */
const DRAINED_BYTES = 64 * 1024;

/** The authority's HTTP API (docs/protocol.md 10), with its OpenAPI document at /openapi.json. */
export async function createServer(
  context: Context,
  own: {
    readonly info: () => Promise<Info>;
    /** Domains that a login may name. */
    readonly domains: () => readonly string[];
    /** Addresses at which others reach the API. */
    readonly urls: () => readonly string[];
    readonly charges: Charges;
    /** Milliseconds of a clock that never goes back, for limits. */
    readonly nowMs: () => number;
  },
  onFatal: (error: unknown) => void,
): Promise<Server> {
  const { config, log } = context;
  const server = fastify({
    bodyLimit: MAX_JSON_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_MS },
    // Only these may say for whom they speak.
    trustProxy: config.http.trustedProxies.length === 0 ? false : [...config.http.trustedProxies],
    // Every request is logged below, without its headers.
    logger: false,
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(TypeBoxValidatorCompiler);

  const limits = createRequestLimits(config.http.requestsPerMinute, own.nowMs);
  server.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error);
    if (answer.status >= 500) log.error({ err: error, route: request.routeOptions.url }, "request failed");
    if (error instanceof InvariantError) onFatal(error);
    const retryAfter = retryAfterOf(error);
    if (retryAfter !== null) reply.header("retry-after", retryAfter);
    if (Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY) > DRAINED_BYTES && !request.raw.complete)
      reply.header("connection", "close");
    // A proxy's connection is not its client's.
    if (request.ip === request.socket.remoteAddress && limits.isDeaf(request.ip)) reply.header("connection", "close");
    return reply.status(answer.status).type(PROBLEM_TYPE).send(answer);
  });
  server.addHook("onRequest", async (_request, reply) => {
    reply.headers(DATA_HEADERS);
  });
  server.setNotFoundHandler((request, reply) => {
    if (request.method === "GET" && request.headers.accept?.includes("text/html")) return pages.missing(request, reply);
    const what = `there is no ${request.method} ${request.url.split("?")[0]?.slice(0, 80)}: see /openapi.json`;
    return reply.status(404).type(PROBLEM_TYPE).send(problem("ROUTE_UNKNOWN", what));
  });
  server.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    log.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      "request",
    );
    done();
  });

  addGate(server as unknown as Server, context, limits);
  addBodyDigest(server as unknown as Server);
  limitConnections(server.server, config.http.trustedProxies, limits.isDeaf);
  await server.register(swagger, {
    openapi: {
      info: { title: "Floodgate authority", version: (await own.info()).version },
      components: {
        securitySchemes: {
          accessToken: { type: "http", scheme: "bearer", description: "from POST /v1/login" },
          operatorSecret: { type: "http", scheme: "bearer", description: "operator-secret of the authority's home" },
        },
      },
    },
  });
  await server.register(async (scope) => {
    const routes = scope as unknown as Server;
    addPublicRoutes(routes, context, own);
    addLoginRoutes(routes, context, own.domains);
    addAccountRoutes(routes, context, own.charges);
    addTimelineRoutes(routes, context);
    addPaymentRoutes(routes, context, limits);
    addTorrentRoutes(routes, context);
    addSponsorRoutes(routes, context);
    addBundleRoutes(routes, context, own.urls);
    addOperatorRoutes(routes, context);
  });
  const pages = await addPages(server as unknown as Server, context, own);
  server.get("/openapi.json", { schema: { hide: true } }, () => server.swagger());
  return server as unknown as Server;
}

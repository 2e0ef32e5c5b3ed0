import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import { MAX_JSON_BYTES } from "../../protocol/base/constants.ts";
import { InvariantError } from "../../protocol/base/errors.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { Context } from "../context.ts";
import type { Charges } from "../funding/charges.ts";
import { PROBLEM_TYPE, problem, problemOf } from "./problems.ts";
import { addAccountRoutes } from "./routes/accounts.ts";
import { addBundleRoutes } from "./routes/bundles.ts";
import { addOperatorRoutes } from "./routes/operator.ts";
import { addPublicRoutes } from "./routes/public.ts";
import type { Server } from "./routes/route.ts";
import { addTorrentRoutes } from "./routes/torrents.ts";

const REQUEST_TIMEOUT_MS = 60_000;

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
  },
  onFatal: (error: unknown) => void,
): Promise<Server> {
  const { config, log } = context;
  const server = fastify({
    bodyLimit: MAX_JSON_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Every request is logged below, without its headers.
    logger: false,
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(TypeBoxValidatorCompiler);

  server.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error);
    if (answer.status >= 500) log.error({ err: error, route: request.routeOptions.url }, "request failed");
    if (error instanceof InvariantError) onFatal(error);
    return reply.status(answer.status).type(PROBLEM_TYPE).send(answer);
  });
  server.setNotFoundHandler((request, reply) => {
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

  await server.register(rateLimit, { max: config.http.requestsPerMinute, timeWindow: "1 minute" });
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
    addAccountRoutes(routes, context, own.charges);
    addTorrentRoutes(routes, context);
    addBundleRoutes(routes, context, own.urls);
    addOperatorRoutes(routes, context);
  });
  server.get("/openapi.json", { schema: { hide: true } }, () => server.swagger());
  return server as unknown as Server;
}

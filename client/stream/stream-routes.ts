import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { isToken, SAFE_HEADERS } from "./access.ts";
import type { StreamFile } from "./read-file.ts";
import type { Readers } from "./readers.ts";
import { answerOf, refuse, sendFile } from "./send-file.ts";

const REQUEST_TIMEOUT_MS = 10_000;
/** Players keep connections open that they read nothing from. */
const MAX_CONNECTIONS = 64;
/** A percent-encoded name can be three times as long as on disk. */
const MAX_PARAMETER_LENGTH = 1_024;

/** The one resource `/TOKEN/NAME`, for GET and HEAD. */
export function createStreamRoutes(options: {
  readonly file: StreamFile;
  readonly readers: Pick<Readers, "join">;
  readonly token: string;
  readonly name: string;
  /** With its quotes. */
  readonly etag: string;
  /** Judges a `Host` header. */
  readonly isHost: (host: string) => boolean;
  readonly onProblem: (error: unknown) => void;
}): FastifyInstance {
  const { file, readers, token, name, etag, isHost, onProblem } = options;
  const server = fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  });
  server.server.maxConnections = MAX_CONNECTIONS;

  server.addHook("onRequest", async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    if (!isHost(request.headers.host ?? "")) return refuse(reply, 403, "this server has a different name");
    if (request.method === "GET" || request.method === "HEAD") return;
    return refuse(reply.header("allow", "GET, HEAD"), 405, "only GET and HEAD are answered");
  });
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, "there is nothing here"));
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error.statusCode === undefined) onProblem(error);
    return refuse(reply, error.statusCode ?? 500, "the request cannot be answered");
  });

  server.route<{ Params: { token: string; name: string } }>({
    method: ["GET", "HEAD"],
    url: "/:token/:name",
    handler(request, reply) {
      const { params } = request;
      if (!isToken(params.token, token) || params.name !== name) return refuse(reply, 404, "there is nothing here");
      const sent = { file, readers, name, etag, onProblem };
      return sendFile(sent, answerOf(sent, request), request, reply);
    },
  });
  return server;
}

import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { isToken, SAFE_HEADERS } from "./access.ts";
import { type Answer, planAnswer } from "./answer.ts";
import { piecesOf, readFile, type StreamFile } from "./read-file.ts";
import type { Readers } from "./readers.ts";

const REQUEST_TIMEOUT_MS = 10_000;
/** Players keep connections open that they read nothing from. */
const MAX_CONNECTIONS = 64;
/** A percent-encoded name can be three times as long as on disk. */
const MAX_PARAMETER_LENGTH = 1_024;
const RETRY_AFTER_SEC = 1;

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
    handler({ params, headers, method }, reply) {
      if (!isToken(params.token, token) || params.name !== name) return refuse(reply, 404, "there is nothing here");
      const asked = { range: headers.range, ifRange: headers["if-range"]?.toString() };
      const answer = planAnswer({ name, length: file.length, etag }, asked);
      const { range } = answer;
      if (range === null) return refuse(reply.headers(answer.headers), 416, "the range is beyond the end of the file");
      if (method === "HEAD") return reply.code(answer.status).headers(answer.headers).send();
      const reader = readers.join(piecesOf(file, range));
      if (!reader) return refuse(reply.header("retry-after", RETRY_AFTER_SEC), 503, "too many readers at once");
      const { raw } = reply.hijack();
      const gone = new AbortController();
      raw.on("close", () => gone.abort());
      const body = withProblems(readFile(file, range, reader, gone.signal), gone.signal, onProblem);
      void sendBody(raw, answer, body).finally(reader.leave);
      return reply;
    },
  });
  return server;
}

/**
 * Breaks the connection when the body ends early, so that the client sees that bytes are missing.
 */
async function sendBody(raw: ServerResponse, { status, headers }: Answer, body: AsyncIterable<Uint8Array>) {
  try {
    raw.writeHead(status, { ...SAFE_HEADERS, ...headers });
    // Type and size are known before the first byte arrives.
    raw.flushHeaders();
    await pipeline(Readable.from(body, { objectMode: false }), raw);
  } catch {
    // The client is gone, or `withProblems` has reported the error.
    raw.destroy();
  }
}

async function* withProblems(
  body: AsyncIterable<Uint8Array>,
  gone: AbortSignal,
  onProblem: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    if (!gone.aborted) onProblem(error);
    throw error;
  }
}

function refuse(reply: FastifyReply, status: number, why: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").send(`${why}\n`);
}

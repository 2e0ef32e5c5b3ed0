import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { SAFE_HEADERS } from "./access.ts";
import { type Answer, planAnswer } from "./answer.ts";
import { piecesOf, readFile, type StreamFile } from "./read-file.ts";
import type { Readers } from "./readers.ts";

const RETRY_AFTER_SEC = 1;

/** A file that is sent as its pieces come. */
export interface SentFile {
  readonly file: StreamFile;
  readonly readers: Pick<Readers, "join">;
  /** Decides the Content-Type. */
  readonly name: string;
  /** With its quotes. */
  readonly etag: string;
  readonly onProblem: (error: unknown) => void;
  /** Runs when the body has been sent, or broken off. */
  readonly onEnd?: () => void;
}

/** The answer to a GET or HEAD of this file, before anything of it is read. */
export function answerOf(
  { name, etag, file }: Pick<SentFile, "name" | "etag" | "file">,
  request: FastifyRequest,
): Answer {
  const { headers } = request;
  return planAnswer(
    { name, length: file.length, etag },
    { range: headers.range, ifRange: headers["if-range"]?.toString() },
  );
}

/** Sends what `answerOf` has planned. */
export function sendFile(sent: SentFile, answer: Answer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { file, readers, onProblem, onEnd = () => undefined } = sent;
  const { range } = answer;
  if (range === null || request.method === "HEAD") {
    onEnd();
    return range === null
      ? refuse(reply.headers(answer.headers), 416, "the range is beyond the end of the file")
      : reply.code(answer.status).headers(answer.headers).send();
  }
  const reader = readers.join(piecesOf(file, range));
  if (!reader) {
    onEnd();
    return refuse(reply.header("retry-after", RETRY_AFTER_SEC), 503, "too many readers at once");
  }
  const own = reply.getHeaders();
  const { raw } = reply.hijack();
  const gone = new AbortController();
  raw.on("close", () => gone.abort());
  const body = withProblems(readFile(file, range, reader, gone.signal), gone.signal, onProblem);
  void sendBody(raw, { ...answer, headers: { ...own, ...answer.headers } as Answer["headers"] }, body).finally(() => {
    reader.leave();
    onEnd();
  });
  return reply;
}

export function refuse(reply: FastifyReply, status: number, why: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").send(`${why}\n`);
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

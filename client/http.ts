import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { parseErrorCode } from "../protocol/base/error-codes.ts";
import {
  AccessError,
  ChainError,
  FloodgateError,
  InputError,
  NetworkError,
  PaymentError,
} from "../protocol/base/errors.ts";
import { printable } from "../protocol/base/text.ts";
import { ProblemSchema } from "../protocol/http/problem.ts";
import { readBounded } from "./read-bounded.ts";

/** One request, with its bounds: what is sent, how long we wait, how much we read. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal | undefined;
}

const CHECK_AUTHORITY = "check the address, and that `floodgate authority start` runs there";
const PROBLEM_TYPE = "application/problem+json";
/** The authority's messages end with what to do, so they are not cut short. */
const MAX_PROBLEM_CHARACTERS = 400;

/**
 * Sends one request and returns the body of a 2xx reply.
 * @throws {NetworkError} AUTHORITY_UNREACHABLE, AUTHORITY_TIMEOUT, REPLY_TOO_LARGE, REPLY_INVALID
 * @throws {FloodgateError} of the problem's kind, with the authority's own code, for any other
 * status
 */
export async function sendRequest(fetcher: typeof fetch, request: HttpRequest): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    // A redirect would carry the access token to a place that the customer never named.
    const response = await fetcher(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      redirect: "error",
      signal,
    });
    const body = await readBounded(response, request.maxReplyBytes);
    if (body === null) throw replyTooLarge(request);
    if (response.ok) return body;
    throw errorOfProblem(response, body, request.url);
  } catch (error) {
    if (error instanceof FloodgateError) throw error;
    request.signal?.throwIfAborted();
    const { origin } = request.url;
    if (timeout.aborted) {
      throw new NetworkError(
        "AUTHORITY_TIMEOUT",
        `no reply from ${origin} within ${request.timeoutMs / 1000} s: is the authority overloaded or the address wrong?`,
        { cause: error },
      );
    }
    throw new NetworkError(
      "AUTHORITY_UNREACHABLE",
      `cannot reach the authority at ${origin} (${reasonOf(error)}): ${CHECK_AUTHORITY}`,
      { cause: error },
    );
  }
}

/** Parses and checks a JSON reply. @throws {NetworkError} REPLY_INVALID */
export function parseReply<Schema extends TSchema>(schema: Schema, body: Uint8Array, url: URL): Static<Schema> {
  const value = parseJson(body);
  if (!Value.Check(schema, value)) throw replyInvalid(url);
  return value as Static<Schema>;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // No schema allows undefined, so broken JSON is refused like JSON of a wrong shape.
    return undefined;
  }
}

function replyInvalid(url: URL): NetworkError {
  return new NetworkError(
    "REPLY_INVALID",
    `${url.origin}${url.pathname} sent a reply that this version does not understand: is it the same version?`,
  );
}

function replyTooLarge({ url, maxReplyBytes }: HttpRequest): NetworkError {
  return new NetworkError(
    "REPLY_TOO_LARGE",
    `${url.origin}${url.pathname} sent more than ${maxReplyBytes} bytes: is it a Floodgate authority?`,
  );
}

function errorOfProblem(response: Response, body: Uint8Array, url: URL): FloodgateError {
  const isProblem = response.headers.get("content-type")?.startsWith(PROBLEM_TYPE) ?? false;
  const problem = isProblem ? parseJson(body) : undefined;
  if (!Value.Check(ProblemSchema, problem)) {
    return new NetworkError(
      "AUTHORITY_FAILED",
      `${url.origin}${url.pathname} answered with HTTP ${response.status}: is it a Floodgate authority?`,
      { details: { status: response.status } },
    );
  }
  const code = parseErrorCode(problem.code) ?? "AUTHORITY_FAILED";
  const text = printable(problem.detail || problem.title, MAX_PROBLEM_CHARACTERS);
  return new (classOfStatus(response.status))(code, text, { details: { status: response.status } });
}

function classOfStatus(status: number): typeof FloodgateError {
  if (status === 401 || status === 403 || status === 404) return AccessError;
  if (status === 402) return PaymentError;
  if (status === 503) return ChainError;
  if (status === 429 || status >= 500) return NetworkError;
  return InputError;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause !== "object" || cause === null) return "unknown reason";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? printable(cause.message) : "unknown reason";
}

/**
 * Parses the address of the authority's API: http or https, without user, query or fragment. It
 * ends with a slash.
 * @throws {InputError} URL_INVALID
 */
export function parseApiUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new InputError(
      "URL_INVALID",
      `"${printable(text)}" is not an http address: write it like http://127.0.0.1:8600`,
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

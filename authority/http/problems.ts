import { STATUS_CODES } from "node:http";
import type { FastifyError } from "fastify";
import {
  AccessError,
  ChainError,
  FloodgateError,
  InputError,
  NetworkError,
  PaymentError,
  ProtocolError,
} from "../../protocol/base/errors.ts";
import type { Problem } from "../../protocol/http/api.ts";

export const PROBLEM_TYPE = "application/problem+json";

const UNAUTHORIZED = ["LOGIN_REQUIRED", "LOGIN_INVALID", "TOKEN_INVALID", "TOKEN_EXPIRED", "OPERATOR_REQUIRED"];

/** What the caller is told (RFC 9457). Faults of ours get no details. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FloodgateError) {
    const status = statusOf(error);
    if (status !== 500) return problem(status, error.code, error.message);
  }
  const { statusCode, validation, message } = (error ?? {}) as Partial<FastifyError>;
  if (validation) {
    const [first] = validation;
    const where = first?.instancePath ? ` at ${first.instancePath}` : "";
    return problem(
      400,
      "REQUEST_INVALID",
      `the request is not as described in /openapi.json${where}: ${first?.message}`,
    );
  }
  switch (statusCode) {
    case 413:
      return problem(413, "BODY_TOO_LARGE", "the request's body is too large");
    case 415:
      return problem(415, "MEDIA_TYPE_WRONG", "send the content type that /openapi.json names for this route");
    case 429:
      return problem(429, "RATE_LIMITED", "too many requests from this address: slow down");
    default:
      if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
        return problem(statusCode, "REQUEST_INVALID", `the request cannot be read: ${message}`);
      return problem(500, "INTERNAL", "the authority failed on this request; nothing was changed half-way");
  }
}

export function problem(status: number, code: string, detail: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, code };
}

function statusOf(error: FloodgateError): number {
  if (error instanceof InputError || error instanceof ProtocolError) return 400;
  if (error instanceof PaymentError) return 402;
  if (error instanceof ChainError) return 503;
  if (error instanceof NetworkError) return 502;
  if (!(error instanceof AccessError)) return 500;
  if (UNAUTHORIZED.includes(error.code)) return 401;
  if (error.code === "RATE_LIMITED") return 429;
  return error.code.endsWith("_UNKNOWN") ? 404 : 403;
}

import { STATUS_CODES } from "node:http";
import type { FastifyError } from "fastify";
import { type ErrorCode, errorFacts, type UnknownCode } from "../../protocol/base/error-codes.ts";
import { FloodgateError } from "../../protocol/base/errors.ts";
import type { Problem } from "../../protocol/http/problem.ts";

export const PROBLEM_TYPE = "application/problem+json";

/** What the caller is told (RFC 9457). Faults of ours get no details. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FloodgateError) {
    // Its message is for the operator, and names the node.
    if (error.code === "RPC_UNAVAILABLE")
      return problem("RPC_UNAVAILABLE", "the authority cannot reach its chain now: try again in a while");
    const status = errorFacts(error.code)?.status ?? 500;
    if (status !== 500) return problem(error.code, error.message, status);
  }
  const { statusCode, validation, message } = (error ?? {}) as Partial<FastifyError>;
  if (validation) {
    const [first] = validation;
    const where = first?.instancePath ? ` at ${first.instancePath}` : "";
    return problem("REQUEST_INVALID", `the request is not as described in /openapi.json${where}: ${first?.message}`);
  }
  switch (statusCode) {
    case 413:
      return problem("BODY_TOO_LARGE", "the request's body is too large");
    case 415:
      return problem("MEDIA_TYPE_WRONG", "send the content type that /openapi.json names for this route");
    default:
      if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
        return problem("REQUEST_INVALID", `the request cannot be read: ${message}`, statusCode);
      return problem("INTERNAL", "the authority failed on this request: it left no change half done");
  }
}

/** RFC 9110, section 10.2.3: seconds after which the same request may be sent again. */
export function retryAfterOf(error: unknown): number | null {
  const { retryAfterSec } = error instanceof FloodgateError ? error.details : {};
  return typeof retryAfterSec === "number" ? retryAfterSec : null;
}

export function problem(
  code: ErrorCode | UnknownCode,
  detail: string,
  status = errorFacts(code)?.status ?? 500,
): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, code };
}

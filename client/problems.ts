import { STATUS_CODES } from "node:http";
import { type ErrorCode, errorFacts } from "../protocol/base/error-codes.ts";
import { FloodgateError } from "../protocol/base/errors.ts";
import type { Problem } from "../protocol/http/problem.ts";

/** What a server's framework throws for a request that it cannot read. */
interface RequestError {
  readonly statusCode?: number;
  readonly message: string;
  readonly validation?: readonly { readonly instancePath?: string; readonly message?: string }[];
}

export const PROBLEM_TYPE = "application/problem+json";

/** What the caller is told (RFC 9457). Faults of ours get no details. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FloodgateError) return problem(error.code as ErrorCode, error.message);
  const { statusCode, validation, message } = (error ?? {}) as Partial<RequestError>;
  if (validation) {
    const [first] = validation;
    const where = first?.instancePath ? ` at ${first.instancePath}` : "";
    return problem("REQUEST_INVALID", `the request is not as described in /openapi.json${where}: ${first?.message}`);
  }
  if (statusCode === 413) return problem("BODY_TOO_LARGE", "the request's body is too large");
  if (statusCode === 415) return problem("MEDIA_TYPE_WRONG", "send the body as application/json");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return problem("REQUEST_INVALID", `the request cannot be read: ${message}`, statusCode);
  return problem("INTERNAL", "the peer failed on this request");
}

export function problem(code: ErrorCode, detail: string, status = errorFacts(code)?.status ?? 500): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, code };
}

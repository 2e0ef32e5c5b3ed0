/**
 * Errors are sorted by who must act, not by module. Callers switch on `code`; messages are one line that says
 * what is wrong and what to do. Details never hold keys, tokens or passphrases.
 */

export type ErrorDetails = Readonly<Record<string, string | number | boolean | bigint | undefined>>;

export class FloodgateError extends Error {
  override name = "FloodgateError";
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Our own caller, configuration or command line is at fault: HTTP 400, exit code 2. */
export class InputError extends FloodgateError {
  override name = "InputError";
}

/** The remote broke the protocol: abort the stream, count it against the peer, never retry. */
export class ProtocolError extends FloodgateError {
  override name = "ProtocolError";
}

/** Valid, but not enough money or credit: HTTP 402, exit code 6. */
export class PaymentError extends FloodgateError {
  override name = "PaymentError";
}

/** Unknown or not allowed: HTTP 401, 403 or 404; exit code 4 or 8. */
export class AccessError extends FloodgateError {
  override name = "AccessError";
}

/** Node, gas or revert: HTTP 503, exit code 5. */
export class ChainError extends FloodgateError {
  override name = "ChainError";
}

/** A remote program cannot be reached or answers nonsense: HTTP 502, exit code 5. */
export class NetworkError extends FloodgateError {
  override name = "NetworkError";
}

/** We are at fault. Whoever catches it stops the process and never goes on with money. */
export class InvariantError extends FloodgateError {
  override name = "InvariantError";
}

/** Asserts a rule that only a bug can break. @throws {InvariantError} */
export function invariant(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new InvariantError(code, message);
}

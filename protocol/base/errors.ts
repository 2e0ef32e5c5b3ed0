import type { ErrorClass } from "./error-codes/define.ts";
import type { CodeOf, ErrorCode, UnknownCode } from "./error-codes.ts";

/**
 * Errors are sorted by who must act, not by module. Callers switch on `code`, which error-codes.ts
 * explains. A message is one line that says what is wrong and what to do. Details never hold keys,
 * tokens or passphrases.
 */

export type ErrorDetails = Readonly<Record<string, string | number | boolean | bigint | undefined>>;

interface FailureOptions {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** A failure of this machine or process, and the base of all others. */
export class FloodgateError extends Error {
  override readonly name: ErrorClass = "FloodgateError";
  readonly code: ErrorCode | UnknownCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode | UnknownCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Our own caller, configuration or command line is at fault. */
export class InputError extends FloodgateError {
  override readonly name = "InputError";

  constructor(code: CodeOf<"InputError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** The remote broke the protocol: abort the stream, count it against the peer, never retry. */
export class ProtocolError extends FloodgateError {
  override readonly name = "ProtocolError";

  constructor(code: CodeOf<"ProtocolError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** Valid, but not enough money or credit. */
export class PaymentError extends FloodgateError {
  override readonly name = "PaymentError";

  constructor(code: CodeOf<"PaymentError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** Unknown or not allowed. */
export class AccessError extends FloodgateError {
  override readonly name = "AccessError";

  constructor(code: CodeOf<"AccessError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** The chain's node, gas or a revert. */
export class ChainError extends FloodgateError {
  override readonly name = "ChainError";

  constructor(code: CodeOf<"ChainError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** A remote program cannot be reached or answers nonsense. */
export class NetworkError extends FloodgateError {
  override readonly name = "NetworkError";

  constructor(code: CodeOf<"NetworkError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** Something is not what it claims to be. */
export class VerificationError extends FloodgateError {
  override readonly name = "VerificationError";

  constructor(code: CodeOf<"VerificationError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** A bug. Whoever catches it stops the process and touches no more money. */
export class InvariantError extends FloodgateError {
  override readonly name = "InvariantError";

  constructor(code: CodeOf<"InvariantError">, message: string, options?: FailureOptions) {
    super(code, message, options);
  }
}

/** Asserts a rule that only a bug can break. @throws {InvariantError} */
export function invariant(condition: boolean, code: CodeOf<"InvariantError">, message: string): asserts condition {
  if (!condition) throw new InvariantError(code, message);
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What a caught value says, whatever was thrown. */
export function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { ACCESS_CODES } from "./error-codes/access.ts";
import { AUDIT_CODES } from "./error-codes/audit.ts";
import type { ErrorClass, ErrorFacts } from "./error-codes/define.ts";
import { HTTP_CODES, INPUT_CODES, MISMATCH_CODES } from "./error-codes/input.ts";
import { FAILURE_CODES, INTERRUPT_CODES, INVARIANT_CODES, MACHINE_CODES, STORE_CODES } from "./error-codes/own.ts";
import { PAYMENT_CODES } from "./error-codes/payment.ts";
import { CHAIN_CODES, NETWORK_CODES, PROTOCOL_CODES } from "./error-codes/remote.ts";
import { SETUP_CODES } from "./error-codes/setup.ts";

/**
 * Every error code, with its class, exit code, HTTP status, meaning and what to do. One code says
 * one thing: its type, the command line's exit code, the authority's HTTP status and docs/errors.md
 * all come from here.
 */
export const ERROR_CODES = {
  ...INPUT_CODES,
  ...HTTP_CODES,
  ...MISMATCH_CODES,
  ...SETUP_CODES,
  ...ACCESS_CODES,
  ...PAYMENT_CODES,
  ...CHAIN_CODES,
  ...NETWORK_CODES,
  ...PROTOCOL_CODES,
  ...AUDIT_CODES,
  ...FAILURE_CODES,
  ...MACHINE_CODES,
  ...STORE_CODES,
  ...INTERRUPT_CODES,
  ...INVARIANT_CODES,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes of one class. */
export type CodeOf<Class extends ErrorClass> = {
  [Code in ErrorCode]: (typeof ERROR_CODES)[Code]["class"] extends Class ? Code : never;
}[ErrorCode];

declare const unknown: unique symbol;
/** A well-formed code from another program that this version does not know. */
export type UnknownCode = string & { readonly [unknown]: true };

/** The facts of a code; null for one that this version does not know. */
export function errorFacts(code: ErrorCode | UnknownCode): ErrorFacts | null {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode] : null;
}

/** Parses a code from the wire; null when it is not spelled like a code. */
export function parseErrorCode(text: string): ErrorCode | UnknownCode | null {
  return /^[A-Z][A-Z0-9_]{0,63}$/.test(text) ? (text as ErrorCode | UnknownCode) : null;
}

import type { ErrorClass } from "../../protocol/base/error-codes/define.ts";
import { errorFacts, parseErrorCode } from "../../protocol/base/error-codes.ts";
import {
  AccessError,
  ChainError,
  FloodgateError,
  InputError,
  NetworkError,
  PaymentError,
  ProtocolError,
  VerificationError,
} from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";

const MAX_CHARACTERS = 400;
const CLASSES: Readonly<Record<Exclude<ErrorClass, "InvariantError">, typeof FloodgateError>> = {
  FloodgateError,
  InputError,
  AccessError,
  ChainError,
  NetworkError,
  PaymentError,
  ProtocolError,
  VerificationError,
};

/** An error that the running peer told of, in its class here. */
export function errorWith(code: string, message: string): FloodgateError {
  const known = parseErrorCode(code) ?? "INTERNAL";
  const name = errorFacts(known)?.class ?? "FloodgateError";
  return new CLASSES[name === "InvariantError" ? "FloodgateError" : name](known, printable(message, MAX_CHARACTERS));
}

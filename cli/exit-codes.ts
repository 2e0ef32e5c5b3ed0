import type { ErrorClass } from "../protocol/base/error-codes/define.ts";
import { errorFacts } from "../protocol/base/error-codes.ts";
import { AccessError, FloodgateError } from "../protocol/base/errors.ts";

/**
 * What each exit code of the command line says. Which error has which is written in
 * protocol/base/error-codes.ts.
 */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  0: "done; also a server or seeder that was stopped by Ctrl-C or SIGTERM",
  1: "internal error: a bug, please report it",
  2: "wrong command line or input",
  3: "wrong configuration: home directory, key file, deployment, chain, port",
  4: "not allowed: wrong passphrase, expired session",
  5: "network: the authority, the tracker or the chain cannot be reached",
  6: "not enough money, or the card was declined",
  7: "verification failed: the audit, or a file that is not what its id says",
  8: "not found",
  9: "this machine: a full disk, a file that changed, a store that cannot be written, a month's bytes used up",
  10: "the chain was reorganized during an audit",
  11: "two chain nodes do not agree, or one contradicts itself",
  12: "the chain node has deleted the old state that an audit needs",
  13: "the chain node's answer is malformed or too large",
  14: "the audit cannot resume from --state",
  130: "interrupted by Ctrl-C before it was done (143 by SIGTERM, 129 by hangup, 141 by a closed pipe)",
};

export const EXIT_CODES_HELP = [
  "Exit codes:",
  ...Object.entries(EXIT_CODES).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`),
].join("\n");

/**
 * For a code that this version does not know, or that a remote's HTTP status has put into another
 * class.
 */
const EXIT_CODE_OF_CLASS: Readonly<Record<ErrorClass, number>> = {
  FloodgateError: 1,
  InputError: 2,
  AccessError: 4,
  ChainError: 5,
  NetworkError: 5,
  PaymentError: 6,
  ProtocolError: 7,
  VerificationError: 7,
  InvariantError: 1,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof FloodgateError)) return 1;
  const facts = errorFacts(error.code);
  if (facts?.class === error.name) return facts.exit;
  return error instanceof AccessError && error.details.status === 404 ? 8 : EXIT_CODE_OF_CLASS[error.name];
}

/** A shell's exit code for a process that a signal ended. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  if (signal === "SIGINT") return 130;
  if (signal === "SIGPIPE") return 141;
  return signal === "SIGHUP" ? 129 : 143;
}

/**
 * Code and text of one error line. An error of another kind is a bug, so its own text comes last
 * and is short.
 */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof FloodgateError) return { code: error.code, message: oneLine(error.message) };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "something was thrown that is not an error";
  return { code: "INTERNAL", message: `this is a bug, please report it (${oneLine(text)})` };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

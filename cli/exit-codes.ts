import {
  AccessError,
  ChainError,
  FloodgateError,
  InputError,
  NetworkError,
  PaymentError,
  ProtocolError,
} from "../protocol/base/errors.ts";

/** Exit codes of every command, and the only place that chooses them. */

export const EXIT_CODES_HELP = `Exit codes:
  0    done; also a server or seeder that was stopped by Ctrl-C or SIGTERM
  1    internal error: a bug, please report it
  2    wrong command line or input
  3    wrong configuration: home directory, key file, deployment, chain, port
  4    not allowed: wrong passphrase, expired session
  5    network: the authority, the tracker or the chain cannot be reached
  6    not enough money, or the card was declined
  7    verification failed: the audit, or a file that is not what its id says
  8    not found
  10   the chain was reorganized during an audit
  11   two chain nodes do not agree, or one contradicts itself
  12   the chain node has thrown away the old state that an audit needs
  13   the chain node's answer is malformed or too large
  14   an audit's --state cannot be gone on from
  130  interrupted by Ctrl-C before it was done (143 by SIGTERM, 129 by hangup)`;

/** Input that comes from files and settings, not from this command line. */
const CONFIGURATION_CODES = new Set([
  "ALLOTTER_UNKNOWN",
  "CHAIN_MISMATCH",
  "DEPLOYMENT_INVALID",
  "DEPLOYMENT_MISSING",
  "DEVNET_ONLY",
  "FILE_EXISTS",
  "FILE_PERMISSIONS",
  "FILE_UNREADABLE",
  "FILE_UNWRITABLE",
  "HOME_INVALID",
  "HOME_IN_USE",
  "KEY_FILE_INVALID",
  "KEY_FILE_MISSING",
  "NETWORK_CHANGED",
  "NETWORK_FILE_INVALID",
  "NETWORK_WRONG",
  "NOT_REGISTERED",
  "OPERATOR_WRONG",
  "PASSPHRASE_FILE_INVALID",
  "PORT_IN_USE",
  "PORT_UNUSABLE",
  "SECRET_FILE_INVALID",
  "SECRET_INVALID",
  "SESSION_INVALID",
  "STORE_TOO_NEW",
  "STORE_UNUSABLE",
  "WALLET_INVALID",
  "WALLET_MISSING",
  "WELL_KNOWN_KEY",
]);

/** What an audit could not trust: scripts that watch one tell these apart. */
const AUDIT_CODES: Readonly<Record<string, number>> = {
  RPC_REORG: 10,
  RPC_DISAGREE: 11,
  RPC_INCONSISTENT: 11,
  RPC_PRUNED: 12,
  RPC_ANSWER_INVALID: 13,
  RPC_ANSWER_TOO_LARGE: 13,
  STATE_AHEAD: 14,
  STATE_FOREIGN: 14,
  STATE_IN_USE: 14,
  STATE_REORGED: 14,
  STATE_UNUSABLE: 14,
  STATE_VERSION: 14,
};

/** Something is not what it claims to be: exit code 7. */
export class VerificationError extends FloodgateError {
  override name = "VerificationError";
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof FloodgateError && error.code === "FILE_MISMATCH") return 7;
  if (error instanceof FloodgateError && AUDIT_CODES[error.code] !== undefined)
    return AUDIT_CODES[error.code] as number;
  if (error instanceof InputError) return isConfiguration(error.code) ? 3 : 2;
  if (error instanceof AccessError) return isNotFound(error) ? 8 : 4;
  if (error instanceof NetworkError || error instanceof ChainError) return 5;
  if (error instanceof PaymentError) return 6;
  if (error instanceof ProtocolError || error instanceof VerificationError) return 7;
  return 1;
}

/** A shell's exit code for a process that a signal ended. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  if (signal === "SIGINT") return 130;
  return signal === "SIGHUP" ? 129 : 143;
}

/** Code and text of one error line. Anything that is not ours is a bug, so its own text is kept short and last. */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof FloodgateError) return { code: error.code, message: oneLine(error.message) };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "something was thrown that is no error";
  return { code: "INTERNAL", message: `this is a bug, please report it (${oneLine(text)})` };
}

function isConfiguration(code: string): boolean {
  return CONFIGURATION_CODES.has(code) || code.startsWith("CONFIG_");
}

function isNotFound({ code, details }: AccessError): boolean {
  return details.status === 404 || code.endsWith("_UNKNOWN") || code.endsWith("_NOT_FOUND");
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

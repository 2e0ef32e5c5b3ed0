import { recoverMessageAddress } from "viem";
import { parseSiweMessage } from "viem/siwe";
import type { Hex } from "../../protocol/base/bytes.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { takeLoginDomain } from "../../protocol/http/login-domain.ts";
import type { Context } from "../context.ts";
import { NONCE_LIFETIME_SEC } from "./login-nonces.ts";

/** The wallet's clock may differ from the authority's by this much. */
const SKEW_SEC = 60;

/** What a login message (EIP-4361) says, after all that its text alone shows was checked. */
export interface SiweLogin {
  readonly account: Address;
  readonly nonce: string;
  /** The one resource that it names. */
  readonly resource: string;
}

/**
 * `domains`: the authority's own hosts, never what the request says they are.
 * @throws {AccessError} LOGIN_INVALID
 */
export function readSiwe(
  { chain, clock }: Pick<Context, "chain" | "clock">,
  text: string,
  domains: readonly string[],
): SiweLogin {
  const now = clock.now();
  const named = takeLoginDomain(text);
  const message = parseSiweMessage(named?.standIn ?? "");
  if (message.version !== "1" || !message.address || !message.nonce)
    throw invalidLogin("it is not an EIP-4361 message with an address and a nonce");
  if (named === null || !domains.includes(named.domain.toLowerCase()))
    throw invalidLogin(`it is for ${printable(named?.domain ?? "no domain")}: reach this authority at ${domains[0]}`);
  if (message.chainId !== chain.facts.chainId) throw invalidLogin(`its chain id is not ${chain.facts.chainId}`);
  const seconds = (date: Date | undefined): number | undefined => date && date.getTime() / 1000;
  const issuedAt = seconds(message.issuedAt);
  // A date that cannot be read is NaN, which no comparison holds for.
  if (issuedAt === undefined || !(Math.abs(issuedAt - now) <= NONCE_LIFETIME_SEC))
    throw invalidLogin("its issue time is too far from the authority's clock");
  if (!((seconds(message.expirationTime) ?? Number.POSITIVE_INFINITY) > now)) throw invalidLogin("it has expired");
  if (!((seconds(message.notBefore) ?? 0) <= now + SKEW_SEC)) throw invalidLogin("it is not valid yet");
  const [resource, ...more] = message.resources ?? [];
  return {
    account: parseAddress(message.address),
    nonce: message.nonce,
    resource: more.length === 0 ? (resource ?? "") : "",
  };
}

/**
 * Uses the nonce up, and checks the wallet's signature. The chain is asked last, and only about a
 * wallet that may have code (ERC-1271, ERC-6492).
 * @throws {AccessError} LOGIN_INVALID
 */
export async function requireSigned(
  { chain, clock, nonces }: Pick<Context, "chain" | "clock" | "nonces">,
  { account, nonce }: SiweLogin,
  { message, signature }: { readonly message: string; readonly signature: Hex },
): Promise<void> {
  if (!nonces.take(nonce, account, clock.now()))
    throw invalidLogin("its nonce was used, has expired, or is not this account's: ask for a new one");
  if (signature.length === 132) {
    const signer = await recoverMessageAddress({ message, signature }).catch(() => null);
    if (signer?.toLowerCase() === account) return;
  }
  if (!(await chain.verifyMessage(account, message, signature))) throw invalidLogin("it is not signed by the wallet");
}

export function invalidLogin(what: string): AccessError {
  return new AccessError("LOGIN_INVALID", `the login is refused: ${what}`);
}

import type { Static } from "typebox";
import { recoverMessageAddress } from "viem";
import { parseSiweMessage } from "viem/siwe";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import { type Address, type PublicKey, parseAddress } from "../../protocol/base/ids.ts";
import { addressOfKey, parsePublicKey } from "../../protocol/base/secp256k1.ts";
import { printable } from "../../protocol/base/text.ts";
import {
  type LoginReply,
  type LoginSchema,
  type NonceRequestSchema,
  SESSION_RESOURCE_PREFIX,
} from "../../protocol/http/public.ts";
import { createAccessToken } from "../access-token.ts";
import { createAnnounceToken } from "../announce-token.ts";
import type { Context } from "../context.ts";
import { insertSession } from "../store/tables/sessions.ts";
import { NONCE_LIFETIME_SEC } from "./login-nonces.ts";

/** The wallet's clock may differ from the authority's by this much. */
const SKEW_SEC = 60;

export function createNonce(
  { clock, nonces }: Context,
  { account }: Static<typeof NonceRequestSchema>,
): { nonce: string; expiresAt: number } {
  return nonces.issue(parseAddress(account), clock.now());
}

/**
 * Checks an EIP-4361 login and gives out an access token that is bound to account and session key.
 * The chain is asked last, and only about a wallet that may have code. `domains`: the authority's
 * own hosts, never what the request says they are.
 * @throws {AccessError} LOGIN_INVALID
 */
export async function logIn(
  context: Context,
  body: Static<typeof LoginSchema>,
  domains: readonly string[],
): Promise<LoginReply> {
  const { clock, config, nonces, store, secrets } = context;
  const now = clock.now();
  const { account, sessionKey, publicKey, nonce } = readMessage(context, body.message, domains);
  if (!nonces.take(nonce, account, now))
    throw invalid("its nonce was used, has expired, or is not this account's: ask for a new one");
  if (!(await isSigned(context, account, body.message, body.signature as Hex)))
    throw invalid("it is not signed by the wallet");
  const owner = await insertSession(store.db, { account, sessionKey, publicKey, createdAt: now });
  if (owner !== account) throw invalid("its session key belongs to another account: make a new one");
  const expiresAt = now + config.params.sessionLifetimeSec;
  const grant = { account, sessionKey, publicKey, issuedAt: context.revocations.issueTime(sessionKey, now), expiresAt };
  const accessToken = createAccessToken(grant, secrets.token);
  return { account, sessionKey, accessToken, announceToken: createAnnounceToken(grant, secrets.operator), expiresAt };
}

interface Login {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly publicKey: PublicKey;
  readonly nonce: string;
}

/** Everything that the text alone shows. @throws {AccessError} LOGIN_INVALID */
function readMessage({ chain, clock }: Context, text: string, domains: readonly string[]): Login {
  const now = clock.now();
  const message = parseSiweMessage(text);
  if (message.version !== "1" || !message.address || !message.nonce)
    throw invalid("it is not an EIP-4361 message with an address and a nonce");
  if (!message.domain || !domains.includes(message.domain.toLowerCase()))
    throw invalid(`it is for ${printable(message.domain ?? "no domain")}: reach this authority at ${domains[0]}`);
  if (message.chainId !== chain.facts.chainId) throw invalid(`its chain id is not ${chain.facts.chainId}`);
  const seconds = (date: Date | undefined): number | undefined => date && date.getTime() / 1000;
  const issuedAt = seconds(message.issuedAt);
  // A date that cannot be read is NaN, which no comparison holds for.
  if (issuedAt === undefined || !(Math.abs(issuedAt - now) <= NONCE_LIFETIME_SEC))
    throw invalid("its issue time is too far from the authority's clock");
  if (!((seconds(message.expirationTime) ?? Number.POSITIVE_INFINITY) > now)) throw invalid("it has expired");
  if (!((seconds(message.notBefore) ?? 0) <= now + SKEW_SEC)) throw invalid("it is not valid yet");
  const publicKey = sessionKeyOf(message.resources);
  const sessionKey = addressOfKey(hexToBytes(publicKey));
  return { account: parseAddress(message.address), sessionKey, publicKey, nonce: message.nonce };
}

/** Only a wallet with code (ERC-1271, ERC-6492) needs the chain. */
async function isSigned({ chain }: Context, account: Address, message: string, signature: Hex): Promise<boolean> {
  if (signature.length === 132) {
    const signer = await recoverMessageAddress({ message, signature }).catch(() => null);
    if (signer?.toLowerCase() === account) return true;
  }
  return chain.verifyMessage(account, message, signature);
}

function sessionKeyOf(resources: readonly string[] | undefined): PublicKey {
  const [resource] = resources ?? [];
  if (resources?.length !== 1 || !resource?.startsWith(SESSION_RESOURCE_PREFIX))
    throw invalid(`it must name one resource, ${SESSION_RESOURCE_PREFIX}<public key>`);
  try {
    const publicKey = parsePublicKey(resource.slice(SESSION_RESOURCE_PREFIX.length));
    return bytesToHex(hexToBytes(publicKey));
  } catch (cause) {
    throw new AccessError("LOGIN_INVALID", "the login is refused: its session key is not a public key", { cause });
  }
}

function invalid(what: string): AccessError {
  return new AccessError("LOGIN_INVALID", `the login is refused: ${what}`);
}

import { randomBytes } from "node:crypto";
import type { Static } from "typebox";
import { parseSiweMessage } from "viem/siwe";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import { type PublicKey, parseAddress } from "../../protocol/base/ids.ts";
import { addressOfKey, parsePublicKey } from "../../protocol/base/secp256k1.ts";
import { type LoginReply, type LoginSchema, SESSION_RESOURCE_PREFIX } from "../../protocol/http/public.ts";
import { createAccessToken } from "../access-token.ts";
import type { Context } from "../context.ts";
import { insertNonce, takeNonce } from "../store/tables/accounts.ts";
import { insertSession } from "../store/tables/sessions.ts";

const NONCE_LIFETIME_SEC = 600;
/** The wallet's clock may differ from the authority's by this much. */
const SKEW_SEC = 60;

/** @throws {AccessError} RATE_LIMITED */
export async function createNonce({ clock, store }: Context): Promise<{ nonce: string; expiresAt: number }> {
  // EIP-4361: at least eight alphanumeric characters.
  const nonce = randomBytes(16).toString("hex");
  const expiresAt = clock.now() + NONCE_LIFETIME_SEC;
  if (!(await insertNonce(store.db, nonce, expiresAt, clock.now())))
    throw new AccessError("RATE_LIMITED", "too many logins are under way: try again in a few minutes");
  return { nonce, expiresAt };
}

/**
 * Checks an EIP-4361 login and gives out an access token that is bound to account and session key.
 * `domain`: the authority's own host, never what the request says it is.
 * @throws {AccessError} LOGIN_INVALID
 */
export async function logIn(context: Context, body: Static<typeof LoginSchema>, domain: string): Promise<LoginReply> {
  const { chain, clock, config, store, secrets } = context;
  const now = clock.now();
  const message = parseSiweMessage(body.message);
  if (message.version !== "1" || !message.address || !message.nonce)
    throw invalid("it is not an EIP-4361 message with an address and a nonce");
  if (message.domain !== domain) throw invalid(`its domain is not ${domain}`);
  if (message.chainId !== chain.facts.chainId) throw invalid(`its chain id is not ${chain.facts.chainId}`);
  const seconds = (date: Date | undefined): number | undefined => date && date.getTime() / 1000;
  const issuedAt = seconds(message.issuedAt);
  if (issuedAt === undefined || Math.abs(issuedAt - now) > NONCE_LIFETIME_SEC)
    throw invalid("its issue time is too far from the authority's clock");
  if ((seconds(message.expirationTime) ?? Number.POSITIVE_INFINITY) <= now) throw invalid("it has expired");
  if ((seconds(message.notBefore) ?? 0) > now + SKEW_SEC) throw invalid("it is not valid yet");
  const publicKey = sessionKeyOf(message.resources);
  const sessionKey = addressOfKey(hexToBytes(publicKey));
  const account = parseAddress(message.address);
  if (!(await chain.verifyMessage(account, body.message, body.signature as Hex)))
    throw invalid("it is not signed by the wallet");
  // Taken last, so that a wrong message leaves the nonce to its owner.
  if (!(await takeNonce(store.db, message.nonce, now)))
    throw invalid("its nonce was used, has expired, or does not come from this authority: ask for a new one");
  const owner = await insertSession(store.db, { account, sessionKey, publicKey, createdAt: now });
  if (owner !== account) throw invalid("its session key belongs to another account: make a new one");
  const expiresAt = now + config.params.sessionLifetimeSec;
  const accessToken = createAccessToken({ account, sessionKey, publicKey, expiresAt }, secrets.token);
  return { account, sessionKey, accessToken, expiresAt };
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

import type { Static } from "typebox";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import { type PublicKey, parseAddress } from "../../protocol/base/ids.ts";
import { addressOfKey, parsePublicKey } from "../../protocol/base/secp256k1.ts";
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
import { invalidLogin, readSiwe, requireSigned } from "./siwe.ts";

export function createNonce(
  { clock, nonces }: Context,
  { account }: Static<typeof NonceRequestSchema>,
): { nonce: string; expiresAt: number } {
  return nonces.issue(parseAddress(account), clock.now());
}

/**
 * Checks an EIP-4361 login and gives out an access token that is bound to account and session key.
 * `domains`: the authority's own hosts.
 * @throws {AccessError} LOGIN_INVALID
 */
export async function logIn(
  context: Context,
  body: Static<typeof LoginSchema>,
  domains: readonly string[],
): Promise<LoginReply> {
  const { clock, config, store, secrets } = context;
  const now = clock.now();
  const login = readSiwe(context, body.message, domains);
  const { account } = login;
  const publicKey = sessionKeyOf(login.resource);
  const sessionKey = addressOfKey(hexToBytes(publicKey));
  await requireSigned(context, login, { message: body.message, signature: body.signature as Hex });
  const owner = await insertSession(store.db, { account, sessionKey, publicKey, createdAt: now });
  if (owner !== account) throw invalidLogin("its session key belongs to another account: make a new one");
  const expiresAt = now + config.params.sessionLifetimeSec;
  const grant = { account, sessionKey, publicKey, issuedAt: context.revocations.issueTime(sessionKey, now), expiresAt };
  const accessToken = createAccessToken(grant, secrets.token);
  return { account, sessionKey, accessToken, announceToken: createAnnounceToken(grant, secrets.operator), expiresAt };
}

function sessionKeyOf(resource: string): PublicKey {
  if (!resource.startsWith(SESSION_RESOURCE_PREFIX))
    throw invalidLogin(`it must name one resource, ${SESSION_RESOURCE_PREFIX}<public key>`);
  try {
    const publicKey = parsePublicKey(resource.slice(SESSION_RESOURCE_PREFIX.length));
    return bytesToHex(hexToBytes(publicKey));
  } catch (cause) {
    throw new AccessError("LOGIN_INVALID", "the login is refused: its session key is not a public key", { cause });
  }
}

import { timingSafeEqual } from "node:crypto";
import { AccessError } from "../../protocol/base/errors.ts";
import { readAccessToken } from "../access-token.ts";
import type { Caller, Context } from "../context.ts";

/**
 * The session that sent the request, by its access token.
 * @throws {AccessError} LOGIN_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED
 */
export function requireCaller({ clock, presence, secrets }: Context, authorization: string | undefined): Caller {
  const token = bearerOf(authorization);
  if (token === null)
    throw new AccessError("LOGIN_REQUIRED", "send an access token as Authorization: Bearer (POST /v1/login gives one)");
  const grant = readAccessToken(token, secrets.token);
  if (!grant)
    throw new AccessError("TOKEN_INVALID", "the access token does not come from this authority: log in again");
  if (grant.expiresAt <= clock.now())
    throw new AccessError("TOKEN_EXPIRED", "the access token has expired: log in again");
  const { account, sessionKey, publicKey } = grant;
  presence.saw(sessionKey);
  return { account, sessionKey, publicKey };
}

/** @throws {AccessError} OPERATOR_REQUIRED */
export function requireOperator({ secrets }: Context, authorization: string | undefined): void {
  const given = Buffer.from(bearerOf(authorization) ?? "");
  const expected = Buffer.from(secrets.operator);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new AccessError(
      "OPERATOR_REQUIRED",
      "this route is for operators: send the operator secret as Authorization: Bearer",
    );
}

function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(authorization ?? "")?.[1] ?? null;
}

import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { REQUEST_SKEW_SEC } from "../../protocol/base/constants.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import { DIGEST_HEADER, PROOF_HEADER, parseProof } from "../../protocol/http/proof.ts";
import { hashApiRequest } from "../../protocol/signed/api-request.ts";
import { readAccessToken, type TokenGrant } from "../access-token.ts";
import type { Caller, Context } from "../context.ts";

/** What of a request shows who sent it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The session that sent the request. Its access token says so, and a signature of its key over
 * method, path, digest of the body and time shows that the sender has the key.
 * @throws {AccessError} LOGIN_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED,
 * REQUEST_UNSIGNED, REQUEST_STALE
 */
export function requireCaller(context: Context, request: SignedRequest): Caller {
  const { clock, presence, revocations, secrets } = context;
  const token = bearerOf(request.headers.authorization);
  if (token === null)
    throw new AccessError("LOGIN_REQUIRED", "send an access token as Authorization: Bearer (POST /v1/login gives one)");
  const grant = readAccessToken(token, secrets.token);
  if (!grant)
    throw new AccessError("TOKEN_INVALID", "the access token does not come from this authority: log in again");
  if (grant.expiresAt <= clock.now())
    throw new AccessError("TOKEN_EXPIRED", "the access token has expired: log in again");
  if (revocations.isRevoked(grant))
    throw new AccessError("TOKEN_REVOKED", "the access token was revoked by its account: log in again");
  checkProof(context, request, grant);
  const { account, sessionKey, publicKey } = grant;
  presence.saw(sessionKey);
  return { account, sessionKey, publicKey };
}

/**
 * The same request twice changes nothing on any route, so a proof may be seen twice within its
 * time.
 */
function checkProof({ clock, separator }: Context, { method, url, headers }: SignedRequest, grant: TokenGrant): void {
  const [text, contentDigest = ""] = [headers[PROOF_HEADER], headers[DIGEST_HEADER]];
  const proof = typeof text === "string" ? parseProof(text) : null;
  if (proof === null || typeof contentDigest !== "string")
    throw new AccessError("REQUEST_UNSIGNED", `sign the request with the session key: header ${PROOF_HEADER}`);
  const { signedAt, signature } = proof;
  if (Math.abs(signedAt - clock.now()) > REQUEST_SKEW_SEC)
    throw new AccessError(
      "REQUEST_STALE",
      "the request was not signed just now: read the authority's clock at /v1/info",
    );
  const { sessionKey } = grant;
  const digest = hashApiRequest(separator, { sessionKey, method, target: url, contentDigest, signedAt });
  if (recoverSigner(digest, signature) !== sessionKey)
    throw new AccessError("REQUEST_UNSIGNED", "the request is not signed by the session key of its access token");
}

/** @throws {AccessError} OPERATOR_REQUIRED */
export function requireOperator(context: Context, authorization: string | undefined): void {
  if (!isOperatorSecret(context, bearerOf(authorization) ?? ""))
    throw new AccessError(
      "OPERATOR_REQUIRED",
      "this route is for operators: send the operator secret as Authorization: Bearer",
    );
}

/** Compares in the same time wherever the texts differ. */
export function isOperatorSecret({ secrets }: Pick<Context, "secrets">, text: string): boolean {
  const [given, expected] = [Buffer.from(text), Buffer.from(secrets.operator)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(authorization ?? "")?.[1] ?? null;
}

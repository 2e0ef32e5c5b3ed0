import { createHash } from "node:crypto";
import type { InjectOptions } from "fastify";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { DIGEST_HEADER, formatDigest, formatProof, PROOF_HEADER } from "../../../protocol/http/proof.ts";
import { hashApiRequest } from "../../../protocol/signed/api-request.ts";
import type { TestAuthority, TestSession } from "./context.ts";

interface Request {
  readonly method?: "GET" | "POST";
  readonly url: string;
  readonly payload?: object;
  readonly remoteAddress?: string;
}

/** What a test changes after the session has signed, or about who signs. */
interface Change {
  readonly privateKey?: Uint8Array;
  readonly signedAt?: number;
  readonly method?: "GET" | "POST";
  readonly url?: string;
  readonly payload?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another body than JSON; it is signed. */
  readonly body?: Uint8Array;
}

/** A request as the session's device signs and sends it. */
export function signedRequest(
  { context }: TestAuthority,
  session: TestSession,
  request: Request,
  change: Change = {},
): InjectOptions {
  const { method = "GET", url: target, payload, remoteAddress } = request;
  const body = change.body ?? (payload === undefined ? null : JSON.stringify(payload));
  const contentDigest = body === null ? "" : formatDigest(createHash("sha256").update(body).digest("base64"));
  const signedAt = change.signedAt ?? context.clock.now();
  const { sessionKey } = session;
  const digest = hashApiRequest(context.separator, { sessionKey, method, target, contentDigest, signedAt });
  const signature = sign(digest, change.privateKey ?? session.privateKey);
  const sent = change.payload === undefined ? body : JSON.stringify(change.payload);
  return {
    method: change.method ?? method,
    url: change.url ?? target,
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    headers: {
      authorization: `Bearer ${session.accessToken}`,
      [PROOF_HEADER]: formatProof({ signedAt, signature }),
      ...(body === null ? {} : { [DIGEST_HEADER]: contentDigest, "content-type": "application/json" }),
      ...change.headers,
    },
    ...(sent === null ? {} : { payload: Buffer.from(sent) }),
  };
}

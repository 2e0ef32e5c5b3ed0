import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { AccessError } from "../../protocol/base/errors.ts";
import { DIGEST_HEADER, formatDigest } from "../../protocol/http/proof.ts";
import type { Server } from "./routes/route.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Its body is what its `Content-Digest` says. */
    isBodyChecked: boolean;
  }
}

/**
 * A session's proof covers the digest of its body, and this compares the body with it. Routes for
 * everybody take bodies without one.
 */
export function addBodyDigest(server: Server): void {
  server.decorateRequest("isBodyChecked", false);
  const parseJson = server.getDefaultJsonParser("error", "error");
  server.removeContentTypeParser("application/json");
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
      checkDigest(request, body as Buffer);
    } catch (error) {
      done(error as Error);
      return;
    }
    void parseJson(request, body.toString(), done);
  });
  server.addHook("preValidation", async (request) => {
    // Without a body no parser runs.
    if (!request.isBodyChecked) checkDigest(request, null);
  });
}

/** @throws {AccessError} REQUEST_UNSIGNED */
export function checkDigest(request: FastifyRequest, body: Uint8Array | null): void {
  request.isBodyChecked = true;
  if (request.caller === null) return;
  const stated = request.headers[DIGEST_HEADER] ?? "";
  // A body that no parser of ours has seen is none that was signed.
  const isEmpty = body === null && (request.body === undefined || request.body === null);
  const actual = isEmpty
    ? ""
    : formatDigest(
        createHash("sha256")
          .update(body ?? new Uint8Array())
          .digest("base64"),
      );
  if (stated !== actual || (body === null && !isEmpty))
    throw new AccessError("REQUEST_UNSIGNED", "the request's body is not the one that its session key has signed");
}

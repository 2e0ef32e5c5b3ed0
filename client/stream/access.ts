import { createHash, timingSafeEqual } from "node:crypto";

/** Bytes of the random token in the URL. A client that has the token may read. */
export const TOKEN_BYTES = 16;

/**
 * Values of `Host` that name this server. Any other value is a mistake, or the page of a web site
 * whose name was made to point here (DNS rebinding).
 */
export function hostsOf(port: number): readonly string[] {
  return ["127.0.0.1", "localhost"].map((name) => new URL(`http://${name}:${port}`).host);
}

/** Compares in a time that tells nothing about `secret`. */
export function isToken(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

/**
 * Headers of every answer. Strangers made what is streamed. A browser must neither guess its type,
 * nor run any of it. It must neither show it inside another page, nor hand it to one. No CORS
 * header is ever sent.
 */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "private, no-store",
  "content-security-policy":
    "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

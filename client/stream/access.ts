import { createHash, timingSafeEqual } from "node:crypto";

/** Bytes of the random token in the URL: whoever has it may read. */
export const TOKEN_BYTES = 16;

/**
 * Values of `Host` that name this server. Any other is a page of some web site, whose name was made
 * to lead here (DNS rebinding), or a mistake.
 */
export function hostsOf(port: number): readonly string[] {
  return ["127.0.0.1", "localhost"].map((name) => new URL(`http://${name}:${port}`).host);
}

/** In a time that tells nothing about `secret`. */
export function isToken(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

/**
 * For every answer. What is streamed was made by strangers: a browser must neither guess a type,
 * nor run anything of it, nor show it inside of another page, nor give it to one. No CORS header is
 * ever sent.
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

/** Headers of every answer: whoever gets it takes it as what it is, and frames or loads nothing. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

const OWN = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];

/**
 * Headers of pages: style, scripts and pictures of this authority, nothing inline, and no script
 * that makes markup of a text (Trusted Types). TLS ends at a proxy, which knows whether HSTS is
 * right.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...DATA_HEADERS,
  // Forms of ours name their origin; other sites learn nothing.
  "referrer-policy": "same-origin",
  "content-security-policy": [...OWN, "connect-src 'self'", "trusted-types 'none'"].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/**
 * The auditor's page asks nobody: its one worker does. The one Trusted Types policy names that
 * worker's script.
 */
export const AUDIT_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  "content-security-policy": [...OWN, "worker-src 'self'", "trusted-types floodgate-auditor"].join("; "),
};

/**
 * A worker has a policy of its own. The auditor's may ask any node and compile the hash function's
 * WebAssembly, and has no page that it could change.
 */
export const WORKER_HEADERS: Readonly<Record<string, string>> = {
  ...DATA_HEADERS,
  "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src http: https:",
};

import { hash } from "node:crypto";

/**
 * Who looks at the page of a running peer. The command line gets a code, which is good once. The
 * page gives it for two secrets: one goes into a cookie that no script can read, the other stays
 * with the page's origin. Browsers send cookies to every port of a host, so the cookie alone is
 * worth nothing. Both end with the peer.
 */
export interface PageLogins {
  /** Good once, for CODE_MS. */
  newCode(): string;
  /** Null: the code was used, or is too old, or none. */
  begin(code: string): PageSession | null;
  /** By its cookie; null: there is none, or nobody has used it for IDLE_MS. */
  find(cookie: string): PageSession | null;
  end(session: PageSession): void;
}

export interface PageSession {
  readonly cookie: string;
  /** Of the header that each request of the page has. */
  readonly key: string;
}

export const CODE_MS = 120_000;
export const IDLE_MS = 12 * 60 * 60_000;
const MAX_CODES = 16;
const MAX_SESSIONS = 16;

/** `newSecret`: 32 random bytes, base64url. */
export function createPageLogins(nowMs: () => number, newSecret: () => string): PageLogins {
  /** By their hashes, so that a lookup tells nothing by its time. Oldest first. */
  const codes = new Map<string, number>();
  const sessions = new Map<string, { readonly session: PageSession; usedAtMs: number }>();
  return {
    newCode() {
      const code = newSecret();
      dropOldest(codes, MAX_CODES);
      codes.set(hashOf(code), nowMs());
      return code;
    },
    begin(code) {
      const madeAtMs = codes.get(hashOf(code));
      codes.delete(hashOf(code));
      if (madeAtMs === undefined || nowMs() >= madeAtMs + CODE_MS) return null;
      const session = { cookie: newSecret(), key: newSecret() };
      dropOldest(sessions, MAX_SESSIONS);
      sessions.set(hashOf(session.cookie), { session, usedAtMs: nowMs() });
      return session;
    },
    find(cookie) {
      const found = sessions.get(hashOf(cookie));
      if (!found) return null;
      if (nowMs() >= found.usedAtMs + IDLE_MS) {
        sessions.delete(hashOf(cookie));
        return null;
      }
      found.usedAtMs = nowMs();
      return found.session;
    },
    end: ({ cookie }) => void sessions.delete(hashOf(cookie)),
  };
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  const [oldest] = map.keys();
  if (map.size >= limit && oldest !== undefined) map.delete(oldest);
}

function hashOf(secret: string): string {
  return hash("sha256", secret);
}

import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

const COOKIE = "floodgate-demo";
const COOKIE_VALUE = new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9a-f]{64})(?:;|$)`);

/**
 * Who may act on the live page. Its address, which the demo prints, has a secret: the browser
 * that opens it gets a cookie. Forms carry a second secret, which other sites cannot read.
 */
export class Access {
  readonly key = randomBytes(32).toString("hex");
  readonly formToken = randomBytes(32).toString("hex");
  readonly #cookie = randomBytes(32).toString("hex");

  /** The header for a browser that showed the key; null: it is another one. */
  admit(key: string): string | null {
    return isSame(key, this.key) ? `${COOKIE}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict` : null;
  }

  isAdmitted({ cookie }: IncomingHttpHeaders): boolean {
    return isSame(COOKIE_VALUE.exec(cookie ?? "")?.[1] ?? "", this.#cookie);
  }

  isOwnForm(token: string): boolean {
    return isSame(token, this.formToken);
  }
}

/**
 * Why this request is refused; null: it is not. A stranger's name may point at the loopback (DNS
 * rebinding), and a stranger's page may send forms here (CSRF).
 */
export function refusalOf(method: string, headers: IncomingHttpHeaders, host: string): string | null {
  if (headers.host !== host) return "open this page by the address that the demo has printed";
  const { origin, "sec-fetch-site": site } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return "another site has sent this";
  if (method === "GET" || method === "HEAD") return null;
  const isOwn = site === undefined ? origin === `http://${host}` : site === "same-origin";
  return isOwn ? null : "another site has sent this";
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

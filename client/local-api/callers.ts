import type { FastifyRequest } from "fastify";
import { AccessError } from "../../protocol/base/errors.ts";
import { isToken } from "../stream/access.ts";
import type { PageLogins, PageSession } from "./page-logins.ts";

/** Who may ask what. Every request is judged before its body is read. */

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * `anyone`: nothing secret, and it changes nothing. `page`: a logged-in page by its cookie
     * alone, for what an element loads. Otherwise the token of the home, or a logged-in page.
     */
    readonly caller?: "anyone" | "page";
  }
}

const KEY_HEADER = "floodgate-page";

export interface Callers {
  readonly scheme: "http" | "https";
  /** Hosts by which this server is reached. */
  readonly hosts: () => readonly string[];
  readonly token: string;
  readonly logins: Pick<PageLogins, "find">;
}

/** @throws {AccessError} FORBIDDEN, API_TOKEN_INVALID */
export function judgeCaller(request: FastifyRequest, callers: Callers): void {
  const { caller } = request.routeOptions.config;
  const hosts = callers.hosts();
  refuseStrangers(request, callers.scheme, hosts, caller === "anyone");
  if (caller === "anyone") return;
  const given = /^Bearer ([A-Za-z0-9_-]{1,128})$/.exec(request.headers.authorization ?? "")?.[1];
  if (given !== undefined && isToken(given, callers.token)) return;
  const session = sessionOf(request, callers);
  if (session === null) throw tokenMissing(callers.scheme);
  if (caller === "page") return;
  const key = request.headers[KEY_HEADER];
  if (typeof key !== "string" || !isToken(key, session.key)) throw tokenMissing(callers.scheme);
}

/** By its cookie alone. */
export function sessionOf(
  { headers }: FastifyRequest,
  { hosts, logins }: Pick<Callers, "hosts" | "logins">,
): PageSession | null {
  const name = cookieName(hosts());
  const [, cookie] = new RegExp(`(?:^|;\\s*)${name}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(headers.cookie ?? "") ?? [];
  return cookie === undefined ? null : logins.find(cookie);
}

/** Two peers of one machine share their cookies: each has its own name. */
export function cookieName(hosts: readonly string[]): string {
  return `floodgate-peer-${/:(\d+)$/.exec(hosts[0] ?? "")?.[1] ?? "443"}`;
}

/**
 * A person may follow a link to the page from anywhere; nothing else may come from elsewhere.
 * @throws {AccessError} FORBIDDEN
 */
function refuseStrangers(
  { headers, method }: FastifyRequest,
  scheme: Callers["scheme"],
  hosts: readonly string[],
  isOpen: boolean,
): void {
  const isOurs = hosts.includes(headers.host ?? "");
  const isSame = headers.origin === undefined || hosts.some((host) => headers.origin === `${scheme}://${host}`);
  const site = headers["sec-fetch-site"];
  const isOpened = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  const isNear = site === undefined || site === "same-origin" || site === "none";
  if (isOurs && isSame && (isNear || (isOpen && isOpened && method === "GET"))) return;
  const whom =
    scheme === "http"
      ? "this server answers programs of this machine only, under its own address"
      : "this server answers under its own addresses and names only: give it others by `floodgate peer start --listen-name`";
  throw new AccessError("FORBIDDEN", whom);
}

/** @throws {AccessError} API_TOKEN_INVALID */
function tokenMissing(scheme: Callers["scheme"]): AccessError {
  const file = scheme === "http" ? "peer.json" : "remote-token";
  return new AccessError(
    "API_TOKEN_INVALID",
    `send the token of the home's ${file} as Authorization: Bearer, as the command line does; a page logs in by \`floodgate peer ui\``,
  );
}

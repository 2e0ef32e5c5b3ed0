import type { FastifyRequest } from "fastify";
import { AccessError } from "../../../protocol/base/errors.ts";

/**
 * Refuses a host that is none of ours: a stranger's name may point at this address (DNS rebinding),
 * and its pages would count as ours.
 * @throws {AccessError} FORBIDDEN
 */
export function requireOwnHost(request: FastifyRequest, hosts: readonly string[]): void {
  if (!hosts.includes(request.host.toLowerCase()))
    throw new AccessError("FORBIDDEN", "open this page by a host of this authority: --domain adds one");
}

/**
 * Refuses a form that another site has sent (CSRF). Browsers say where it came from, by
 * `Sec-Fetch-Site` or by `Origin`.
 * @throws {AccessError} FORBIDDEN
 */
export function requireOwnForm(request: FastifyRequest, hosts: readonly string[]): void {
  const { origin, "sec-fetch-site": site } = request.headers;
  const isOwn = site === undefined ? hosts.includes(URL.parse(origin ?? "")?.host ?? "") : site === "same-origin";
  if (!isOwn) throw new AccessError("FORBIDDEN", "this form was sent from another site, and changes nothing");
}

import { isIPv6 } from "node:net";

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];
/** Listens on all addresses of the machine. */
const WILDCARDS = ["0.0.0.0", "::"];

/**
 * Domains, each as a URL's host, that a login message may name: those of the configuration, this
 * machine's loopback names, and the address that the authority listens on. Never what a request
 * says. Pure.
 *
 * `addresses`: this machine's own, which stand for a wildcard.
 */
export function listLoginDomains(input: {
  readonly configured: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}): string[] {
  const { configured, host, port, addresses } = input;
  const listening = WILDCARDS.includes(host) ? addresses : [host];
  const own = [...listening, ...LOOPBACK].map((address) => hostOf(address, port));
  return [...new Set([...configured.map((domain) => domain.toLowerCase()), ...own])];
}

/** As `URL.host` spells it: without port 80, IPv6 in brackets. */
function hostOf(address: string, port: number): string {
  return new URL(`http://${isIPv6(address) ? `[${address}]` : address}:${port}`).host;
}

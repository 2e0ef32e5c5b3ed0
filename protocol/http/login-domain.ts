/**
 * The domain of a login message (EIP-4361): a host as RFC 3986, section 3.2.2, has it. viem writes
 * and reads none that is an IPv6 address, or a name without a dot, so it is given a stand-in.
 */

export const DOMAIN_STAND_IN = "localhost";

const SENTENCE = " wants you to sign in with your Ethereum account:\n";
/** Scheme, then host and port. A name in DNS has at most 253 characters. */
const FIRST_LINE = new RegExp(`^([a-z][a-z\\d+.-]*://)?([^\\s/?#@]{1,260})${SENTENCE}`, "i");

/** The message of DOMAIN_STAND_IN, for this `URL.host`. */
export function nameLoginDomain(message: string, domain: string): string {
  return message.replace(`${DOMAIN_STAND_IN}${SENTENCE}`, () => `${domain}${SENTENCE}`);
}

/** What the message names, and the same message for DOMAIN_STAND_IN. Null: it names nothing. */
export function takeLoginDomain(message: string): { readonly domain: string; readonly standIn: string } | null {
  const found = FIRST_LINE.exec(message);
  if (found === null) return null;
  const [line, scheme = "", domain = ""] = found;
  return { domain, standIn: `${scheme}${DOMAIN_STAND_IN}${SENTENCE}${message.slice(line.length)}` };
}

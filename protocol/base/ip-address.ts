/**
 * Addresses as 16 bytes: IPv6, or IPv4 mapped into it (RFC 4291, section 2.5.5.2). Strangers are
 * told by prefix: /32 of IPv4, /56 of IPv6, which is what one customer of a provider gets (RFC
 * 6177).
 */

const IPV6_PREFIX_BYTES = 7;

/** Null for anything that is not an IPv4 or IPv6 address. A zone (`%eth0`) is left out. */
export function parseIp(text: string): Uint8Array | null {
  const bytes = new Uint8Array(16);
  if (!text.includes(":")) {
    bytes[10] = bytes[11] = 0xff;
    return writeIpv4(bytes, 12, text) ? bytes : null;
  }
  const [address = ""] = text.split("%");
  const halves = address.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === "" ? [] : parseGroups(half)));
  if (!head || tail === null || (head as unknown) === null) return null;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 2) return null;
  bytes.set(head);
  if (tail) bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** Bytes of groups between colons; the last may be an IPv4 address. */
function parseGroups(text: string): number[] | null {
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (group.includes(".") && i === groups.length - 1) {
      const ipv4 = new Uint8Array(4);
      if (!writeIpv4(ipv4, 0, group)) return null;
      bytes.push(...ipv4);
    } else {
      if (!/^[\da-f]{1,4}$/i.test(group)) return null;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

function writeIpv4(target: Uint8Array, at: number, text: string): boolean {
  let part = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? 46 : text.charCodeAt(i);
    if (code === 46) {
      if (value < 0 || part > 3) return false;
      target[at + part++] = value;
      value = -1;
    } else {
      const digit = code - 48;
      // No leading zeros: some programs read them as octal.
      if (digit < 0 || digit > 9 || value === 0) return false;
      value = value < 0 ? digit : value * 10 + digit;
      if (value > 255) return false;
    }
  }
  return part === 4;
}

export function isIpv4(bytes: Uint8Array, at = 0): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}

/** IPv6 without abbreviation of zeros: peers only read it. */
export function formatIp(bytes: Uint8Array, at = 0): string {
  if (isIpv4(bytes, at)) return `${bytes[at + 12]}.${bytes[at + 13]}.${bytes[at + 14]}.${bytes[at + 15]}`;
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[at + 2 * i] as number) << 8) | (bytes[at + 2 * i + 1] as number)).toString(16),
  );
  return groups.join(":");
}

/** [from, to) of the bytes that make the prefix. */
export function prefixRange(bytes: Uint8Array, at = 0): readonly [number, number] {
  return isIpv4(bytes, at) ? [at + 12, at + 16] : [at, at + IPV6_PREFIX_BYTES];
}

/** The prefix as its bytes, one character each: a key for maps. */
export function prefixKey(address: Uint8Array): string {
  const [from, to] = prefixRange(address);
  let key = "";
  for (let at = from; at < to; at++) key += String.fromCharCode(address[at] as number);
  return key;
}

/** The prefix of an address, as people write it; "unknown" for anything else. */
export function prefixOf(address: string): string {
  const bytes = parseIp(address);
  if (bytes === null) return "unknown";
  if (isIpv4(bytes)) return formatIp(bytes);
  const masked = bytes.map((byte, at) => (at < IPV6_PREFIX_BYTES ? byte : 0));
  return `${formatIp(masked).split(":").slice(0, 4).join(":")}::/56`;
}

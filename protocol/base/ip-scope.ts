import { isIpv4, parseIp } from "./ip-address.ts";

/**
 * From how far away an address can be reached: this machine, its own network, or anywhere. "none"
 * is no address of one machine.
 */
export type IpScope = "none" | "loopback" | "local" | "public";

/** Longest prefixes first in each family. First bytes, bits of them that count, scope. */
const IPV4: readonly (readonly [readonly number[], number, IpScope])[] = [
  // RFC 1122, 3.2.1.3; RFC 1918; RFC 6598; RFC 3927; RFC 1112 and what is above it.
  [[0], 8, "none"],
  [[127], 8, "loopback"],
  [[10], 8, "local"],
  [[172, 16], 12, "local"],
  [[192, 168], 16, "local"],
  [[100, 64], 10, "local"],
  [[169, 254], 16, "local"],
  [[224], 3, "none"],
];
const IPV6: readonly (readonly [readonly number[], number, IpScope])[] = [
  // RFC 4291, 2.5.3; 2.5.2 and 2.5.5.1; RFC 4193; RFC 4291, 2.5.6 and 2.7.
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 96, "none"],
  [[0xfc], 7, "local"],
  [[0xfe, 0x80], 10, "local"],
  [[0xff], 8, "none"],
];
/** IPv4 by way of a translator (RFC 6052, 2.1). */
const NAT64: readonly number[] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

/** "none" also for text that is no IP address: nobody's name is looked up for it. */
export function scopeOfIp(text: string): IpScope {
  const bytes = parseIp(text);
  if (bytes === null) return "none";
  if (isIpv4(bytes)) return scopeIn(IPV4, bytes.subarray(12));
  if (startsWith(bytes, NAT64, 96)) return scopeIn(IPV4, bytes.subarray(12));
  return scopeIn(IPV6, bytes);
}

/** Of each scope: see `farnessOfIp`. */
export const FARNESS = { none: -1, loopback: 0, local: 1, public: 2 } as const satisfies Record<IpScope, number>;

/** The greater, the farther away an address can be reached from; below 0: from nowhere. */
export function farnessOfIp(text: string): number {
  return FARNESS[scopeOfIp(text)];
}

function scopeIn(table: typeof IPV4, bytes: Uint8Array): IpScope {
  return table.find(([prefix, bits]) => startsWith(bytes, prefix, bits))?.[2] ?? "public";
}

function startsWith(bytes: Uint8Array, prefix: readonly number[], bits: number): boolean {
  return prefix.every((byte, at) => {
    const mask = (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at))) & 0xff;
    return ((bytes[at] as number) & mask) === (byte & mask);
  });
}

import { isIPv4, isIPv6 } from "node:net";

const IPV6_GROUPS = 8;

/**
 * What one customer of a network provider has: an IPv4 address, or the /56 of an IPv6 address
 * (RFC 6177). Addresses of one prefix have the same text.
 */
export function prefixOf(address: string): string {
  const [bare = ""] = address.split("%");
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return "unknown";
  const groups = groupsOf(bare);
  // RFC 4291, section 2.5.5.2: an IPv4 address in IPv6 spelling.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [groups[6], groups[7]].flatMap((group = 0) => [group >> 8, group & 0xff]).join(".");
  const prefix = [...groups.slice(0, 3), (groups[3] ?? 0) & 0xff00];
  return `${prefix.map((group) => group.toString(16)).join(":")}::/56`;
}

/** Of a well-formed IPv6 address. */
function groupsOf(address: string): number[] {
  // URL spells an IPv4 tail as two groups.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const parse = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...new Array<number>(IPV6_GROUPS - before.length - after.length).fill(0), ...after];
}

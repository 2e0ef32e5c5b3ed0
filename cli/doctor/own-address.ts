import { lookup } from "node:dns/promises";
import { readBounded } from "../../client/read-bounded.ts";
import { formatIp, parseIp } from "../../protocol/base/ip-address.ts";
import { printable } from "../../protocol/base/text.ts";
import { decodeBencode, isDictionary } from "../../protocol/bittorrent/bencode.ts";
import { type Finding, finding } from "./judge.ts";

/** Where others look for this machine: what the tracker sees, and what a name of it says. */

const MAX_REPLY_BYTES = 4_096;
const IPV4_PREFIX = [...new Array<number>(10).fill(0), 0xff, 0xff];

/** The address that a tracker's reply names (BEP 24); null: it names none. */
export async function addressIn(reply: Response): Promise<string | null> {
  const body = await readBounded(reply, MAX_REPLY_BYTES);
  if (body === null) return null;
  try {
    const value = decodeBencode(body, false);
    const bytes = isDictionary(value) ? value.entries.get("external ip") : undefined;
    if (!(bytes instanceof Uint8Array) || (bytes.length !== 4 && bytes.length !== 16)) return null;
    return formatIp(bytes.length === 4 ? Uint8Array.from([...IPV4_PREFIX, ...bytes]) : bytes);
  } catch {
    return null;
  }
}

/** `name`: what its owner calls this machine. `seen`: by the tracker; null: unknown. */
export async function examineName(name: string, seen: string | null): Promise<Finding> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return judgeName(
    name,
    found.map(({ address }) => address),
    seen,
  );
}

export function judgeName(name: string, addresses: readonly string[], seen: string | null): Finding {
  const shown = printable(name, 253);
  if (addresses.length === 0)
    return finding("name", "problem", `${shown} has no address: check how it is written, and your name server`);
  const list = addresses.join(", ");
  if (seen === null) return finding("name", "warning", `${shown} is ${list}; the tracker does not tell what it sees`);
  const isSame = addresses.some((address) => sameAddress(address, seen));
  return isSame
    ? finding("name", "ok", `${shown} is ${seen}, where the tracker sees this machine`)
    : finding(
        "name",
        "problem",
        `${shown} is ${list}, and the tracker sees this machine at ${seen}, where peers dial it: update the name`,
      );
}

function sameAddress(a: string, b: string): boolean {
  const [one, other] = [parseIp(a), parseIp(b)];
  return one !== null && other !== null && Buffer.compare(one, other) === 0;
}

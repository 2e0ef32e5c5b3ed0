import type { Server as HttpServer } from "node:http";
import { BlockList, isIPv4, type Socket } from "node:net";
import { prefixOf } from "../../../protocol/base/ip-address.ts";
import { Shares } from "../../../protocol/base/shares.ts";

/** Open connections in all, and of one network prefix. */
const MAX_CONNECTIONS = 10_000;
const MAX_OF_PREFIX = 500;

/**
 * Closes connections beyond the limits at once, and those of networks that are deaf to refusals. A
 * trusted proxy speaks for many, and has no limit of its own.
 */
export function limitConnections(
  server: HttpServer,
  trustedProxies: readonly string[],
  isDeaf: (address: string) => boolean,
  { max, maxOfPrefix } = { max: MAX_CONNECTIONS, maxOfPrefix: MAX_OF_PREFIX },
): void {
  server.maxConnections = max;
  const trusted = blockListOf(trustedProxies);
  const open = new Shares(maxOfPrefix);
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    if (trusted.check(address, isIPv4(address) ? "ipv4" : "ipv6")) return;
    const prefix = prefixOf(address);
    if (isDeaf(address)) socket.destroy();
    else if (open.take(prefix)) socket.once("close", () => open.release(prefix));
    else socket.destroy();
  });
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

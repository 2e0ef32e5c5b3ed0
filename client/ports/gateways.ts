import { readFile } from "node:fs/promises";
import { pmpNat, type Gateway as Router, upnpNat } from "@achingbrain/nat-port-mapper";
import type { Gateway } from "./port-mapping.ts";

/** The only file that knows the library of UPnP IGD and NAT-PMP (RFC 6886). */

const SEARCH_MS = 10_000;
const ANSWER_MS = 5_000;
const OPTIONS = { description: "Floodgate", ttl: 3_600_000, autoRefresh: true };

/** All routers that answer to UPnP, then the default one by NAT-PMP. */
export async function* findGateways(): AsyncGenerator<Gateway> {
  const signal = AbortSignal.timeout(SEARCH_MS);
  try {
    for await (const router of upnpNat(OPTIONS).findGateways({ signal })) yield gatewayOf(router);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const address = parseDefaultRoute(await readFile("/proc/net/route", "utf8").catch(() => ""));
  if (address !== null) yield gatewayOf(pmpNat(address, OPTIONS));
}

/** A router by the address of its UPnP description. */
export async function openGateway(descriptor: URL): Promise<Gateway> {
  return gatewayOf(await upnpNat(OPTIONS).getGateway(descriptor, { signal: AbortSignal.timeout(ANSWER_MS) }));
}

/** Linux's table of routes: addresses are hex, the lowest byte first. */
export function parseDefaultRoute(table: string): string | null {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  const gateway = rows.find(([, destination, gateway]) => destination === "00000000" && gateway !== "00000000")?.[2];
  if (gateway === undefined || !/^[0-9A-F]{8}$/i.test(gateway)) return null;
  return (gateway.match(/../g) ?? [])
    .map((byte) => Number.parseInt(byte, 16))
    .toReversed()
    .join(".");
}

function gatewayOf(router: Router): Gateway {
  const options = (port: number) => ({ externalPort: port, protocol: "TCP", signal: AbortSignal.timeout(ANSWER_MS) });
  return {
    async map(port, host) {
      if (host !== null) return router.map(port, host, { ...options(port), protocol: "TCP" });
      for await (const mapping of router.mapAll(port, { ...options(port), protocol: "TCP" })) return mapping;
      throw new Error("the router maps no address of this machine");
    },
    stop: () => router.stop({ signal: AbortSignal.timeout(ANSWER_MS) }),
  };
}

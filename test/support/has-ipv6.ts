import { networkInterfaces } from "node:os";

/** Whether this machine has the loopback of IPv6: a container may have none. */
export const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

import { farnessOfIp } from "../../protocol/base/ip-scope.ts";
import type { PaidWire } from "../exchange.ts";
import type { HostPort } from "./voucher-node.ts";

type Remote = Pick<PaidWire, "wireId" | "remoteHost" | "remotePort">;

/**
 * A payee behind a router that lets nobody in still sells to those who can be reached: it connects
 * to the voucher port of a wire's remote, and the payer opens its stream on that connection
 * (docs/protocol.md 5.7).
 */
export interface ReachOut {
  /** Somebody there has connected to this peer: so can everybody who is no farther away. */
  reachedFrom(host: string): void;
  opened(wire: Remote): void;
  closed(wireId: string): void;
  stop(): void;
}

/** A payer that can reach us has brought an offer by then. */
const FIRST_MS = 2_000;
/** The payer drops a connection that it does not use; its lane may come later. */
const AGAIN_MS = 20_000;
const MAX_TRIES = 4;
/**
 * One after the other: the first may show that this peer can be reached, and needs none of this.
 */
const GAP_MS = 1_000;

export function createReachOut(options: {
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** An offer was accepted for this wire, or our own. */
  readonly isServed: (wireId: string) => boolean;
  /** Failures are its own affair. */
  readonly connect: (address: HostPort) => void;
}): ReachOut {
  const waiting = new Map<string, () => void>();
  let reachedFrom = Number.NEGATIVE_INFINITY;
  let cancelGap: (() => void) | null = null;
  const wait = (wire: Remote, ms: number, triesLeft: number): void => {
    const { wireId, remoteHost: host, remotePort: port } = wire;
    const cancel = options.setTimer(() => {
      waiting.delete(wireId);
      if (options.isServed(wireId) || farnessOfIp(host) <= reachedFrom) return;
      if (cancelGap !== null) return wait(wire, GAP_MS, triesLeft);
      cancelGap = options.setTimer(() => {
        cancelGap = null;
      }, GAP_MS);
      options.connect({ host, port });
      if (triesLeft > 1) wait(wire, AGAIN_MS, triesLeft - 1);
    }, ms);
    waiting.set(wireId, cancel);
  };
  return {
    reachedFrom(host) {
      reachedFrom = Math.max(reachedFrom, farnessOfIp(host));
    },
    opened: (wire) => wait(wire, FIRST_MS, MAX_TRIES),
    closed(wireId) {
      waiting.get(wireId)?.();
      waiting.delete(wireId);
    },
    stop() {
      cancelGap?.();
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
}

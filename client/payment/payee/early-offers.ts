import type { VoucherStream } from "../voucher-node.ts";

/**
 * Offers that have overtaken the handshake of their wire. They wait for it a little, then are
 * judged as they are.
 */
export interface EarlyOffers {
  /** False: too many of this stream wait already. An offer that comes twice waits once. */
  park(stream: VoucherStream, token: string, lane: number, judge: () => void): boolean;
  /** The wire with this token (hex) is open. */
  opened(token: string): void;
  stop(): void;
}

const WAIT_MS = 5_000;
const MAX_WAITING_PER_STREAM = 4;

export function createEarlyOffers(setTimer: (run: () => void, ms: number) => () => void): EarlyOffers {
  const counts = new WeakMap<VoucherStream, number>();
  const waiting = new Map<string, { readonly token: string; readonly end: () => void; readonly cancel: () => void }>();
  return {
    park(stream, token, lane, judge) {
      const key = `${token} ${lane}`;
      if (waiting.has(key)) return true;
      const count = counts.get(stream) ?? 0;
      if (count >= MAX_WAITING_PER_STREAM) return false;
      counts.set(stream, count + 1);
      const end = (): void => {
        waiting.get(key)?.cancel();
        waiting.delete(key);
        counts.set(stream, (counts.get(stream) ?? 1) - 1);
        judge();
      };
      waiting.set(key, { token, end, cancel: setTimer(end, WAIT_MS) });
      return true;
    },
    opened(token) {
      for (const offer of [...waiting.values()]) if (offer.token === token) offer.end();
    },
    stop() {
      for (const { cancel } of waiting.values()) cancel();
    },
  };
}

import type { Socket } from "node:net";
import { parseIp, prefixKey } from "../protocol/base/ip-address.ts";
import { RateLimiter } from "../protocol/base/rate-limiter.ts";
import { Shares } from "../protocol/base/shares.ts";

export interface DoorsOptions {
  readonly announcesPerMinute: number;
  readonly connections: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Prefixes whose announces are counted at once. */
const MAX_PREFIXES = 1_000_000;

/** What each prefix of addresses may take of the tracker: connections and announces. */
export class Doors {
  readonly #announces: RateLimiter;
  readonly #connections: Shares;
  readonly #sockets = new Set<Socket>();

  constructor({ announcesPerMinute, connections, now }: DoorsOptions) {
    const rate = { perSecond: announcesPerMinute / 60, burst: announcesPerMinute };
    this.#announces = new RateLimiter(rate, now, MAX_PREFIXES);
    this.#connections = new Shares(connections);
  }

  /** The socket's address; null: it had too many companions, and was closed. */
  open(socket: Socket): Uint8Array | null {
    const address = parseIp(socket.remoteAddress ?? "");
    const key = address === null ? "" : prefixKey(address);
    if (address === null || !this.#connections.take(key)) {
      socket.destroy();
      return null;
    }
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#connections.release(key);
    });
    return address;
  }

  allow(address: Uint8Array): boolean {
    return this.#announces.take(prefixKey(address), 1) === 0;
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
